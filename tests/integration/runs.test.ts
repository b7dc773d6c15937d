import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../src/rules/engine/index.ts';
import { completeRange } from '../../src/runs/run-store.ts';
import { hookItem } from '../support/hook-item.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../support/open-invoices.ts';
import { type OpenRuns, openRuns } from '../support/open-runs.ts';
import { type RunningProcess, startProcess } from '../support/processes.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';

const DATE = '2026-11-22';
const DAY = { date: DATE, zone: 'Europe/Berlin' };
/** Enough clients with credit for several pages. */
const MANY = 24_000;

let database: ServiceDatabase;
let runs: OpenRuns;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  runs = await openRuns(database.serviceUrl, { leaseSeconds: 1 });
});

afterEach(async () => {
  await runs.close();
  await database.drop();
});

async function fill(invoices: number, clients?: number): Promise<void> {
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  const few = clients === undefined ? {} : { clients };
  await fillOpenInvoices(connection, { invoices, date: DATE, ...few });
  await turnOnAutoApply(connection);
  connection.destroy();
}

/** Asks again while it is planning, as the shim does. */
async function advance(moment: 'PreCronJob' | 'AfterCronJob' | 'DailyCronJob') {
  for (;;) {
    const reply = await runs.advance({ ...DAY, moment });
    if (reply.state !== 'planning') return reply;
  }
}

interface Applied {
  readonly invoice_id: number;
  readonly amount_hundredths: string;
}

async function applied(): Promise<readonly Applied[]> {
  return database.query<Applied>(
    'SELECT invoice_id, amount_hundredths FROM mod_creditbridge_commands ORDER BY invoice_id',
  );
}

/** By hand: oldest due first, then by id, as far as the balance goes; ordinary invoices of clients with credit. */
async function expected(): Promise<readonly Applied[]> {
  return database.query<Applied>(
    `WITH open AS (
       SELECT i.id, i.userid, i.duedate, c.credit,
         i.total - COALESCE((SELECT SUM(a.amountin) FROM tblaccounts a WHERE a.invoiceid = i.id), 0) AS due
       FROM tblinvoices i JOIN tblclients c ON c.id = i.userid
       WHERE i.status = 'Unpaid' AND i.duedate <= '${DATE}' AND c.credit > 0 AND NOT EXISTS (
         SELECT 1 FROM tblinvoiceitems t WHERE t.invoiceid = i.id AND t.type IN ('AddFunds', 'Invoice'))
     ), served AS (
       SELECT id, LEAST(due, credit - COALESCE(SUM(due) OVER (
         PARTITION BY userid ORDER BY duedate, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS amount
       FROM open
     )
     SELECT id AS invoice_id, CAST(amount * 100 AS SIGNED) AS amount_hundredths
     FROM served WHERE amount > 0 ORDER BY id`,
  );
}

function startPlanning(leaseSeconds = 1): RunningProcess {
  return startProcess({
    command: 'node',
    args: [
      join(import.meta.dirname, '../support/plan-process.ts'),
      database.serviceUrl,
      DATE,
      String(leaseSeconds),
    ],
    name: 'planning',
  });
}

async function rangesDone(): Promise<number> {
  const [row] = await database.query<{ done: number }>(
    "SELECT COUNT(*) AS done FROM mod_creditbridge_run_ranges WHERE state = 'done'",
  );
  return row?.done ?? 0;
}

describe('a run', () => {
  test('puts credit on what is due, oldest first, never more than there is', async () => {
    await fill(2_000);
    const reply = await runs.plan(DAY);
    expect(await applied()).toEqual(await expected());
    expect(reply).toMatchObject({ state: 'planned', left: 0 });
    expect(reply.planned).toBe((await applied()).length);
    expect(reply.planned).toBeGreaterThan(100);
  });

  test('writes nothing the second time', async () => {
    await fill(400);
    const first = await runs.plan(DAY);
    expect(await rangesDone()).toBe(1);
    const before = await database.query('SELECT * FROM mod_creditbridge_decisions ORDER BY id');
    expect(await runs.plan(DAY)).toEqual(first);
    expect(await advance('PreCronJob')).toEqual(first);
    expect(await database.query('SELECT * FROM mod_creditbridge_decisions ORDER BY id')).toEqual(
      before,
    );
  });

  test('ends at once when no rule looks at due invoices', async () => {
    await fill(400);
    await database.query("UPDATE mod_creditbridge_rule_settings SET mode = 'off'");
    expect(await runs.plan(DAY)).toMatchObject({ state: 'planned', planned: 0 });
    expect(await database.query('SELECT id FROM mod_creditbridge_decisions')).toEqual([]);
  });

  test('looks as many days ahead as a rule wants, for some group alone', async () => {
    await fill(40);
    await database.query("UPDATE tblinvoices SET duedate = '2026-11-25'");
    await database.query('UPDATE tblclients SET groupid = 7 WHERE id = 1');
    await database.query(
      `INSERT INTO mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
       VALUES ('auto-apply', 'group', 7, 'on', '{"dueOffsetDays":-3}', 2, 'test', UTC_TIMESTAMP(6))`,
    );
    await runs.plan(DAY);
    const clients = await database.query<{ client_id: number }>(
      'SELECT DISTINCT client_id FROM mod_creditbridge_commands',
    );
    expect(clients).toEqual([{ client_id: 1 }]);
  });

  test('cuts a page that holds too much, and plans all of it', async () => {
    await fill(10_000, 100);
    await runs.plan(DAY);
    expect(await applied()).toEqual(await expected());
    expect(await rangesDone()).toBe(2);
  });

  test('of a new date closes the one of the day before', async () => {
    await fill(400);
    const before = await runs.plan({ ...DAY, date: '2026-11-21' });
    const reply = await runs.plan(DAY);
    expect(reply.run).not.toBe(before.run);
    expect(
      await database.query(
        'SELECT local_date, state FROM mod_creditbridge_runs ORDER BY local_date',
      ),
    ).toEqual([
      { local_date: '2026-11-21', state: 'closed' },
      { local_date: '2026-11-22', state: 'planned' },
    ]);
  });

  test('is made once, however many cron calls ask for it at the same time', async () => {
    await fill(400);
    const replies = await Promise.all(Array.from({ length: 8 }, () => advance('AfterCronJob')));
    expect(new Set(replies.map((reply) => reply.run)).size).toBe(1);
    expect(await applied()).toEqual(await expected());
  });
});

describe('the end of the day', () => {
  test('plans what WHMCS made since, nothing twice, and closes the run', async () => {
    await fill(400);
    await runs.plan(DAY);
    const before = await database.query('SELECT id, times FROM mod_creditbridge_decisions');
    await database.query('UPDATE tblclients SET credit = 5000 WHERE id = 1');
    await database.query(
      `INSERT INTO tblinvoices (userid, invoicenum, date, duedate, subtotal, credit, tax, tax2, total, taxrate, taxrate2, status, paymentmethod, notes)
       VALUES (1, '', '${DATE}', '${DATE}', 9, 0, 0, 0, 9, 0, 0, 'Unpaid', 'mailin', '')`,
    );
    expect(await advance('DailyCronJob')).toMatchObject({
      state: 'closed',
    });
    const after = await database.query<{
      id: string;
      invoice_id: number;
      amount_hundredths: string;
    }>('SELECT id, times, invoice_id, amount_hundredths FROM mod_creditbridge_decisions');
    const added = after.filter(({ id }) => !before.some((one) => one['id'] === id));
    expect(added).toMatchObject([{ invoice_id: 401, amount_hundredths: 900, times: 1 }]);
    expect(await advance('AfterCronJob')).toMatchObject({
      state: 'closed',
    });
  });

  test('comes first when no other cron call did: the run is planned and closed', async () => {
    await fill(400);
    expect(await advance('DailyCronJob')).toMatchObject({
      state: 'closed',
    });
    expect(await applied()).toEqual(await expected());
  });
});

describe('several processes', () => {
  test('share a run, and each invoice is planned once', async () => {
    await fill(MANY);
    const both = [startPlanning(), startPlanning()];
    const ends = await Promise.all(both.map((one) => one.exited));
    expect(ends.map((end) => end.code)).toEqual([0, 0]);
    expect(await applied()).toEqual(await expected());
    const [counts] = await database.query(
      'SELECT COUNT(*) AS decisions, COUNT(DISTINCT invoice_id) AS invoices, MAX(times) AS times FROM mod_creditbridge_decisions',
    );
    expect(counts?.['decisions']).toBe(counts?.['invoices']);
    expect(counts?.['times']).toBe(1);
  });

  test('go on where one that was killed stopped', async () => {
    await fill(MANY);
    const first = startPlanning();
    for (let done = 0; done === 0; done = await rangesDone()) await sleep(5);
    await first.kill();
    const before = await rangesDone();
    const reply = await runs.plan(DAY);
    expect(reply).toMatchObject({ state: 'planned', left: 0 });
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(await rangesDone());
    expect(await applied()).toEqual(await expected());
  });

  test('never write a range that another one has taken meanwhile', async () => {
    await fill(400);
    const run = await runs.store.begin({ id: crypto.randomUUID(), ...DAY });
    const late = await runs.store.claim(run, 0, new Set());
    await sleep(20);
    const holder = await runs.store.claim(run, 60, new Set());
    expect(holder?.fence).toBe((late?.fence ?? 0n) + 1n);
    if (late === null || holder === null) throw new Error('Both claims must succeed.');
    const done = { decisions: 1, commands: 1, to: late.to, isDailyAsked: true };
    const complete = (claim: typeof late) =>
      runs.store.inBatch(({ trx }) => completeRange(trx, claim, done));
    expect(await complete(late)).toBe(false);
    expect(await runs.store.claim(run, 60, new Set())).toBeNull();
    expect(await complete(holder)).toBe(true);
    expect(await complete(holder)).toBe(false);
  });
});

test('a run and deliveries at the same time never spend one balance twice', async () => {
  await fill(2_000, 200);
  const engine = await createEngine({ rules: [], timeoutMs: 5_000 });
  const receiver = createTestReceiver(database, engine);
  const told = Array.from({ length: 40 }, (_, call) =>
    receiver.receive(
      Array.from({ length: 10 }, (__, index) =>
        hookItem('InvoiceCreated', { invoiceid: String(call * 10 + index + 1), status: 'Unpaid' }),
      ),
    ),
  );
  const [reply] = await Promise.all([runs.plan(DAY), ...told]);
  await receiver.close();
  await engine.close();
  const sources = await database.query(
    'SELECT event, COUNT(*) AS n FROM mod_creditbridge_decisions GROUP BY event ORDER BY event',
  );
  expect(reply.state).toBe('planned');
  expect(sources.map(({ event }) => event)).toEqual(['DueInvoice', 'InvoiceCreated']);
  const overspent = await database.query(
    `SELECT k.client_id FROM mod_creditbridge_commands k JOIN tblclients c ON c.id = k.client_id
     GROUP BY k.client_id, c.credit HAVING SUM(k.hold_hundredths) > c.credit * 100`,
  );
  const overpaid = await database.query(
    `SELECT k.invoice_id FROM mod_creditbridge_commands k JOIN tblinvoices i ON i.id = k.invoice_id
     GROUP BY k.invoice_id, i.total HAVING SUM(k.hold_hundredths) > i.total * 100`,
  );
  expect([...overspent, ...overpaid]).toEqual([]);
});

test('a run asks rules that limit, with the facts that they alone need', async () => {
  const rule = join(import.meta.dirname, '../fixtures/rules/waits-for-deposits.ts');
  const limited = await openRuns(database.serviceUrl, { rules: [rule] });
  await fill(200, 60);
  await database.query('UPDATE tblclients SET credit = 50');
  await turnOn(database, 'waits-for-deposits', {});
  const waiting = await database.query<{ id: number }>(
    `SELECT DISTINCT i.userid AS id FROM tblinvoices i JOIN tblinvoiceitems t ON t.invoiceid = i.id
     WHERE t.type = 'AddFunds' AND i.status = 'Unpaid'`,
  );
  expect(waiting.length).toBeGreaterThan(0);
  await limited.plan(DAY);
  await limited.close();

  const decided = await database.query<{ client_id: number; commands: number; reason: string }>(
    `SELECT d.client_id, d.reason, EXISTS (
       SELECT 1 FROM mod_creditbridge_commands k WHERE k.client_id = d.client_id) AS commands
     FROM mod_creditbridge_decisions d WHERE d.rule = 'auto-apply' AND d.effect = 'apply'`,
  );
  const isWaiting = new Set(waiting.map(({ id }) => id));
  const [held, others] = [
    decided.filter((one) => isWaiting.has(one.client_id)),
    decided.filter((one) => !isWaiting.has(one.client_id)),
  ];
  expect(held.length).toBeGreaterThan(0);
  for (const { commands, reason } of held) {
    expect(Number(commands)).toBe(0);
    expect(reason).toContain('A deposit is not paid yet.');
  }
  expect(others.some(({ commands }) => Number(commands) === 1)).toBe(true);
});

describe('a client that fails', () => {
  /** Lets every command for these clients fail in the database, as a row would that nobody expects. */
  const breakClients = (...clients: readonly number[]) =>
    database.root.query(
      `CREATE TRIGGER broken_clients BEFORE INSERT ON mod_creditbridge_commands FOR EACH ROW
       IF NEW.client_id IN (${clients.join(', ')}) THEN
         SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'This client is broken.';
       END IF`,
    );
  const mend = () => database.root.query('DROP TRIGGER broken_clients');
  /** What a run without faults puts on invoices, by client. */
  const expectedByClient = async () => {
    const owners = await database.query<{ id: number; userid: number }>(
      'SELECT id, userid FROM tblinvoices',
    );
    const ownerOf = new Map(owners.map(({ id, userid }) => [id, userid]));
    return Map.groupBy(await expected(), ({ invoice_id }) => ownerOf.get(invoice_id) ?? 0);
  };
  const clientsOf = async () =>
    (
      await database.query<{ id: number }>(
        'SELECT DISTINCT client_id AS id FROM mod_creditbridge_commands ORDER BY id',
      )
    ).map(({ id }) => id);
  const named = async () =>
    (
      await database.query<{ client_id: number; text: string }>(
        "SELECT client_id, text FROM mod_creditbridge_findings WHERE kind = 'set-aside' ORDER BY client_id",
      )
    ).map(({ client_id, text }) => `${client_id}: ${text}`);
  const text = (client: number) =>
    expect.stringMatching(
      new RegExp(`^${client}: Planning the due invoices of client #${client} fails `),
    );

  test('is left out of its range and named, and the rest of the range is planned', async () => {
    await fill(2_000);
    const all = await expectedByClient();
    const [one = 0, other = 0] = [...all.keys()].toSorted((a, b) => a - b);
    await breakClients(one, other);
    const preview = await runs.preview(DAY);
    expect(preview.leftOut.map(({ clientId }) => clientId)).toEqual([one, other]);

    const reply = await runs.plan(DAY);
    expect(reply).toMatchObject({ state: 'planned', left: 0, planned: preview.commands });
    const broken = [...(all.get(one) ?? []), ...(all.get(other) ?? [])];
    const rest = (await expected()).filter(
      ({ invoice_id }) => !broken.some((row) => row.invoice_id === invoice_id),
    );
    expect(await applied()).toEqual(rest);
    expect(rest.length).toBeGreaterThan(100);
    expect(await named()).toEqual([text(one), text(other)]);
  });

  test('is tried again at the end of the day, and its finding goes when it works', async () => {
    await fill(400);
    const [one = 0, other = 0] = [...(await expectedByClient()).keys()].toSorted((a, b) => a - b);
    await breakClients(one, other);
    await runs.plan(DAY);
    expect(await named()).toEqual([text(one), text(other)]);
    await mend();
    await breakClients(other);
    expect(await advance('DailyCronJob')).toMatchObject({ state: 'closed', left: 0 });
    expect(await clientsOf()).toContain(one);
    expect(await clientsOf()).not.toContain(other);
    expect(await named()).toEqual([text(other)]);

    await mend();
    await runs.plan({ ...DAY, date: '2026-11-23' });
    expect(await clientsOf()).toContain(other);
    expect(await named()).toEqual([]);
  });
});

describe('a preview', () => {
  test('tells what the run then does, and commits nothing', async () => {
    await fill(2_000);
    const preview = await runs.preview(DAY);
    for (const table of ['decisions', 'commands', 'clients', 'runs', 'run_ranges']) {
      expect(await database.query(`SELECT * FROM mod_creditbridge_${table}`), table).toEqual([]);
    }
    const reply = await runs.plan(DAY);
    expect(preview.commands).toBe(reply.planned);
    const sum = (await applied()).reduce((total, one) => total + BigInt(one.amount_hundredths), 0n);
    const told = [...preview.applied.values()].reduce((total, one) => total + one.hundredths, 0n);
    expect(told).toBe(sum);
    expect(preview.samples[0]?.reason).toMatch(/due on invoice #\d+/);
  });
});
