import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../src/db/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import { statementsOf } from '../support/facts-of.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { type OpenRuns, openRuns } from '../support/open-runs.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import {
  addClient,
  addCurrencies,
  addInvoice,
  addPayment,
  addService,
  type NewInvoice,
} from '../support/whmcs-rows.ts';

// ClientDaily: once on each day of WHMCS the run shows rules the clients that they name.

const DAY = { date: '2026-11-22', zone: 'Europe/Berlin' };
const rules = [join(import.meta.dirname, '../fixtures/rules/looks-daily.ts')];

let database: ServiceDatabase;
let runs: OpenRuns;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(database.root);
  runs = await openRuns(database.serviceUrl, { rules });
});

afterEach(async () => {
  await runs.close();
  await database.drop();
});

/** The clients that a rule was asked about, each as often as it was. */
async function asked(rule = 'looks-daily'): Promise<readonly number[]> {
  const rows = await database.query<{ client_id: number; times: number }>(
    "SELECT client_id, times FROM mod_creditbridge_decisions WHERE rule = ? AND event = 'ClientDaily' ORDER BY client_id, id",
    [rule],
  );
  return rows.flatMap(({ client_id, times }) => Array.from({ length: times }, () => client_id));
}

async function endDay(): Promise<void> {
  for (;;) {
    const { state } = await runs.advance({ ...DAY, moment: 'DailyCronJob' });
    if (state === 'closed') return;
  }
}

test('a rule sees the clients with credit, with grants or with services that it names, and no others', async () => {
  const db = connect(database.serviceUrl, 2);
  const rich = await addClient(database.root, { credit: '5.00' });
  const given = await addClient(database.root);
  const served = await addClient(database.root);
  await addService(database.root, { client: served, status: 'Suspended' });
  const gone = await addClient(database.root);
  await addService(database.root, { client: gone, status: 'Terminated' });
  await beginLedger(db);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-20', 'Gift', 5)",
    [given],
  );
  await mirrorLog(db, () => ({
    kind: 'bonus',
    act: { do: 'grant', ...plainTerms('promotional'), fundsUnfunded: false },
  }));
  await db.destroy();
  const seen: Record<string, readonly number[]> = {};
  for (const [day, who] of ['withBalance', 'withGrants', 'withServices'].entries()) {
    await turnOn(database, 'looks-daily', { who: [who] });
    await runs.plan({ ...DAY, date: `2026-11-2${day + 1}` });
    seen[who] = await asked();
    await database.query('DELETE FROM mod_creditbridge_decisions');
  }
  expect(seen).toEqual({ withBalance: [rich], withGrants: [given], withServices: [served] });
});

test('a rule sees the clients whose services fall due within its days, after today', async () => {
  const clients = new Map<string, number>();
  for (const due of ['2026-11-22', '2026-11-23', '2026-11-29', '2026-11-30', '0000-00-00']) {
    const client = await addClient(database.root);
    await addService(database.root, { client, due });
    clients.set(due, client);
  }
  await turnOn(database, 'looks-daily', { servicesDueWithinDays: 7 });
  await runs.plan(DAY);
  expect(await asked()).toEqual([clients.get('2026-11-23'), clients.get('2026-11-29')]);
});

test('a rule sees the clients with a due invoice on which something is paid', async () => {
  async function addOwner(invoice: Partial<NewInvoice>, paid?: string): Promise<number> {
    const client = await addClient(database.root);
    const id = await addInvoice(database.root, {
      client,
      total: '10.00',
      due: DAY.date,
      ...invoice,
    });
    if (paid !== undefined) {
      await addPayment(database.root, { client, invoice: id, amountIn: paid });
    }
    return client;
  }
  const paid = await addOwner({}, '1.00');
  const withCredit = await addOwner({ credit: '1.00' });
  await addOwner({});
  await addOwner({ due: '2026-11-23' }, '1.00');
  await addOwner({ status: 'Paid' }, '1.00');
  await addOwner({ due: '0000-00-00' }, '1.00');
  await turnOn(database, 'looks-daily', { who: ['withPartlyPaid'] });
  await runs.plan(DAY);
  expect(await asked()).toEqual([paid, withCredit]);
});

test('what the layers of a rule name is joined, and no rule sees the clients of another', async () => {
  const rich = await addClient(database.root, { credit: '5.00' });
  const served = await addClient(database.root, { group: 3 });
  await addService(database.root, { client: served });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  await turnOn(database, 'looks-too', { who: ['withBalance'] });
  await database.query(
    `INSERT INTO mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
     VALUES ('looks-too', 'group', 3, 'on', '{"who":["withServices"]}', 9, 'admin:1', UTC_TIMESTAMP(6))`,
  );
  await runs.plan(DAY);
  expect(await asked('looks-daily')).toEqual([rich]);
  expect(await asked('looks-too')).toEqual([rich, served]);
});

test('it is told the run’s day, no invoice, and the facts that the rule needs', async () => {
  const client = await addClient(database.root, { credit: '5.00' });
  await addService(database.root, { client });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  await runs.plan(DAY);
  const notices = await database.query(
    'SELECT fact, client_id, text FROM mod_creditbridge_notices',
  );
  expect(notices).toEqual([
    {
      fact: `looks-daily:client:${client}:2026-11-22`,
      client_id: client,
      text: 'run 2026-11-22 services 1 invoice null',
    },
  ]);
});

test('neither a second run of the day nor its end asks anybody twice; the next day asks again', async () => {
  const first = await addClient(database.root, { credit: '5.00' });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  await runs.plan(DAY);
  await runs.plan(DAY);
  const late = await addClient(database.root, { credit: '5.00' });
  await endDay();
  expect(await asked()).toEqual([first]);
  await runs.plan({ ...DAY, date: '2026-11-23' });
  expect(await asked()).toEqual([first, first, late]);
});

test('the end of the day asks where no other cron call did', async () => {
  const client = await addClient(database.root, { credit: '5.00' });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  await endDay();
  expect(await asked()).toEqual([client]);
});

test('due invoices and daily clients are decided in one pass, from one balance', async () => {
  const client = await addClient(database.root, { credit: '5.00' });
  const invoice = await addInvoice(database.root, { client, total: '4.00', due: DAY.date });
  await turnOn(database, 'auto-apply', { onDueDate: true, mail: 'as-is' });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  const preview = await runs.preview(DAY);
  expect(preview.outcomes).toEqual({ effect: 2 });
  expect(await asked()).toEqual([]);
  const { planned } = await runs.plan(DAY);
  expect(planned).toBe(1);
  expect(await asked()).toEqual([client]);
  expect(
    await database.query('SELECT invoice_id, amount_hundredths FROM mod_creditbridge_commands'),
  ).toEqual([{ invoice_id: invoice, amount_hundredths: 400 }]);
});

test('more clients than one range holds are each asked once, without credit too', async () => {
  const MANY = 5_500;
  await fill(MANY);
  await turnOn(database, 'looks-daily', { who: ['withServices'] });
  await runs.plan(DAY);
  const [counted] = await database.query(
    `SELECT COUNT(DISTINCT client_id) AS clients, COUNT(*) AS decisions,
       (SELECT COUNT(*) FROM mod_creditbridge_run_ranges) AS ranges
     FROM mod_creditbridge_decisions WHERE event = 'ClientDaily'`,
  );
  expect(counted).toEqual({ clients: MANY, decisions: MANY, ranges: 2 });
});

test('a client that fails is left out and named, and the others are asked', async () => {
  const [one, broken, other] = [
    await addClient(database.root, { credit: '5.00' }),
    await addClient(database.root, { credit: '5.00' }),
    await addClient(database.root, { credit: '5.00' }),
  ];
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  await database.root.query(
    `CREATE TRIGGER broken_client BEFORE INSERT ON mod_creditbridge_notices FOR EACH ROW
     IF NEW.client_id = ${broken} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'This client is broken.'; END IF`,
  );
  await runs.plan(DAY);
  expect(await asked()).toEqual([one, other]);
  const [finding] = await database.query<{ client_id: number }>(
    'SELECT client_id FROM mod_creditbridge_findings',
  );
  expect(finding?.client_id).toBe(broken);
  await database.root.query('DROP TRIGGER broken_client');
  await endDay();
  expect(await asked()).toEqual([one, broken, other]);
});

test('a run does not look for clients while no rule that is on wants to see them', async () => {
  await addClient(database.root, { credit: '5.00' });
  const looks = async (date: string) => {
    const statements = await statementsOf(() => runs.plan({ ...DAY, date }));
    return statements.some((text) => text.includes('FROM tblclients c WHERE c.id BETWEEN'));
  };
  await turnOn(database, 'auto-apply', { onDueDate: true, mail: 'as-is' });
  await turnOn(database, 'looks-daily', { who: ['withBalance'] }, 'off');
  expect(await looks('2026-11-20')).toBe(false);
  await turnOn(database, 'looks-daily', { who: ['withBalance'] });
  expect(await looks('2026-11-21')).toBe(true);
});

/** Clients without credit, each with an active service. */
async function fill(many: number): Promise<void> {
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await connection.query(
    `INSERT INTO tblclients (currency, credit, status) SELECT 1, 0, 'Active' FROM ${numbersTo(many)}`,
  );
  await connection.query(
    "INSERT INTO tblhosting (userid, domainstatus, billingcycle) SELECT id, 'Active', 'Monthly' FROM tblclients",
  );
  connection.destroy();
}
