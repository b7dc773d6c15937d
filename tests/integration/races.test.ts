import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hookItem } from '../support/hook-item.ts';
import { remainingOf } from '../support/look-at-credit.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { createPeople } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';
import { type Ground, openGround } from '../torture/ground.ts';
import { type Replicas, startReplicas } from '../torture/replicas.ts';
import { settle } from '../torture/settle.ts';

// Everything at the same moment, on one whole installation with two replicas of the service and up to four workers. Judged by what the
// database's triggers saw. `settle` fails when a command that could run, or a spooled hook, is left.

const WORKERS = 4;

let ground: Ground;
let replicas: Replicas;

beforeAll(async () => {
  ground = await openGround();
  replicas = await startReplicas(ground);
});

beforeEach(() => forgetLogs(ground.installation.database));

afterAll(async () => {
  await replicas?.stop();
  await ground?.stop();
});

test('64 deliveries at once for one client use its credit once, and no more than there is', async () => {
  const client = await newClient('320.00');
  const invoices = await newInvoices(client, 64, '10.00');

  const outcomes = await Promise.all(
    invoices.map((invoice, nth) => replicas.deliver(nth % 2, [created(invoice)])),
  );
  await workersAndSettle();

  expect(new Set(outcomes.flat())).toEqual(new Set(['accepted']));
  expect(await commands(client)).toEqual(Array.from({ length: 32 }, () => 'done'));
  expect(await logOf(client)).toEqual(Array.from({ length: 32 }, () => '-10.00'));
  expect(await paidInvoices(client)).toHaveLength(32);
  await expectNoOverdraft(client, '0.00');
});

test('the same delivery from 16 connections is accepted once and takes effect once', async () => {
  const client = await newClient('50.00');
  const [invoice = 0] = await newInvoices(client, 1, '10.00');
  const item = created(invoice);

  const outcomes = await Promise.all(
    Array.from({ length: 16 }, (_, nth) => replicas.deliver(nth % 2, [item])),
  );
  await workersAndSettle();

  expect(outcomes.flat().toSorted()).toEqual(['accepted', ...Array(15).fill('duplicate')]);
  expect(await commands(client)).toEqual(['done']);
  expect(await logOf(client)).toEqual(['-10.00']);
  await expectNoOverdraft(client, '40.00');
});

test('two equal amounts on one invoice are two effects, each proved by a row of its own', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, () => newClient('50.00')));
  for (const client of clients) {
    const [invoice = 0] = await newInvoices(client, 1, '20.00');
    await apply(client, invoice, '10.00');
    await apply(client, invoice, '10.00');
  }
  await workersAndSettle();

  for (const client of clients) {
    expect(await commands(client)).toEqual(['done', 'done']);
    expect(await logOf(client)).toEqual(['-10.00', '-10.00']);
    expect(await paidInvoices(client)).toHaveLength(1);
    await expectNoOverdraft(client, '30.00');
    const proofs = await ground.query(
      'SELECT DISTINCT credit_log_id FROM mod_creditbridge_commands WHERE client_id = ? AND credit_log_id IS NOT NULL',
      [client],
    );
    expect(proofs).toHaveLength(2);
  }
});

test('two equal amounts, of which the invoice takes one, are one effect; the other is stale', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, () => newClient('50.00')));
  for (const client of clients) {
    const [invoice = 0] = await newInvoices(client, 1, '10.00');
    await apply(client, invoice, '10.00');
    await apply(client, invoice, '10.00');
  }
  await workersAndSettle();

  for (const client of clients) {
    expect((await commands(client)).toSorted()).toEqual(['done', 'stale']);
    expect(await logOf(client)).toEqual(['-10.00']);
    await expectNoOverdraft(client, '40.00');
  }
});

test.each(['100.00', '60.00'])(
  'an admin deducts and a client checks out while a run applies and expires credit, of %s',
  async (balance) => {
    const BEN = 2;
    const ROUNDS = 4;
    const admin = await visitAsAdmin(ground.installation.standIn, 'admin');
    const ben = await visitAsClient(ground.installation.standIn, 'ben@example.com');
    for (let round = 0; round < ROUNDS; round++) {
      await ground.query('UPDATE tblclients SET credit = ? WHERE id = ?', [balance, BEN]);
      await forgetLogs(ground.installation.database);
      const [invoice = 0] = await newInvoices(BEN, 1, '20.00');
      const applying = await apply(BEN, invoice, '20.00');
      const expiring = await expire(BEN, '30.00', balance);
      await admin.get(`admin/clientscredits.php?userid=${BEN}`);
      await ben.get('cart.php?a=checkout&pid=2&billingcycle=Monthly');

      await Promise.all([
        ...workers(round % 2 === 0 ? 1 : WORKERS),
        admin.post(`admin/clientscredits.php?userid=${BEN}`, {
          type: 'remove',
          description: 'By hand',
          amount: '7.00',
        }),
        ben.post('cart.php?a=checkout', {
          pid: '2',
          billingcycle: 'Monthly',
          paymentmethod: 'standincard',
          applycredit: '1',
          ccnumber: '4242424242424242',
          cccvv: '987',
          password: 'client',
        }),
      ]);
      await workersAndSettle();

      const states = await statesOf([applying, expiring]);
      const log = await logOf(BEN);
      const times = (amount: string) => log.filter((one) => one === amount).length;
      // By hand once; what ours did, once where it is done and not at all where it is stale; the rest is the checkout's.
      expect([...states.values()].every((state) => state === 'done' || state === 'stale')).toBe(
        true,
      );
      expect(times('-7.00')).toBe(1);
      expect(times('-20.00')).toBe(states.get(applying) === 'done' ? 1 : 0);
      expect(times('-30.00')).toBe(states.get(expiring) === 'done' ? 1 : 0);
      expect(log.length - times('-7.00') - times('-20.00') - times('-30.00')).toBeLessThanOrEqual(
        1,
      );
      await expectOursCovered(BEN, balance);
    }
  },
);

test(
  'an admin deducts and a client checks out while WHMCS’s cron has the day’s run applied and expired credit taken',
  shows(['auto-apply', 'credit-expiry'], ['run', 'competing'], ['8.x']),
  async () => {
    const ANNA = 1;
    const { installation } = ground;
    const { standIn, database, service } = installation;
    const people = createPeople(installation);
    await saveRule(standIn, 'deposit-bonus', {
      mode: 'on',
      inputs: {
        'tiers/0/from/1': '100.00',
        'tiers/0/percent': '30',
        description: 'Thank you',
        period: 'calendar-month',
        periodDays: '30',
        expiresAfterDays: '1',
        followsRefund: 'on',
      },
    });
    await saveRule(standIn, 'credit-expiry', { mode: 'on', inputs: { description: 'Expired' } });
    const applying = { dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' };
    await saveRule(standIn, 'auto-apply', {
      mode: 'on',
      inputs: { ...applying, atCreation: 'on', onDueDate: 'on' },
    });
    await ground.setSwitches({});
    await waitForLedger(installation);
    const deposit = await people.deposit('anna@example.com', '100.00');
    await people.pay('anna@example.com', deposit, '100.00');
    await settleLedger(installation);
    expect(await remainingOf(database, ANNA)).toMatchObject({ paid: 10_000, promotional: 3_000 });
    await forgetLogs(database);
    const tomorrow = whmcsDay(1);
    // A sum that no other amount, and no rest of the bonus, can be.
    const due = await addInvoice(database.root, { client: ANNA, total: '20.40', due: tomorrow });
    await moveToDay(standIn, `${tomorrow} 10:00`);
    const anna = await visitAsClient(standIn, 'anna@example.com');
    await anna.get('cart.php?a=checkout&pid=2&billingcycle=Monthly');

    const [cron] = await Promise.all([
      standIn.runCron({ force: true }),
      ...workers(WORKERS),
      people.changeByHand(ANNA, { type: 'remove', amount: '7.00', description: 'By hand' }),
      anna.post('cart.php?a=checkout', {
        pid: '2',
        billingcycle: 'Monthly',
        paymentmethod: 'standincard',
        applycredit: '1',
        ccnumber: '4242424242424242',
        cccvv: '987',
        password: 'client',
      }),
    ]);
    expect(cron.code, cron.output).toBe(0);
    await settleLedger(installation);
    // What later calls of cron do: a removal that met another balance is planned anew.
    await service.cli('run', 'daily');
    await settleLedger(installation);

    const log = (await logOf(ANNA)).map(Number);
    const [removed = 0, ...again] = await expiredOf(ANNA);
    expect(again).toEqual([]);
    expect(log.filter((amount) => amount === -7)).toHaveLength(1);
    expect(log.filter((amount) => amount === -20.4)).toHaveLength(1);
    expect((await paidInvoices(ANNA)).filter((invoice) => invoice === due)).toEqual([due]);
    // What was spent before it was the bonus's; the removal took the rest of the bonus, and nothing of what was paid in.
    const at = removed === 0 ? log.length : log.indexOf(-removed);
    const spentBefore = -log.slice(0, at).reduce((sum, one) => sum + one, 0);
    expect(removed).toBeCloseTo(Math.max(0, 30 - spentBefore), 2);
    const end = 130 + log.reduce((sum, one) => sum + one, 0);
    expect(await remainingOf(database, ANNA)).toEqual({ paid: Math.round(end * 100) });
    await expectNoOverdraft(ANNA, end.toFixed(2));
    await standIn.setClock('now');
    await saveRule(standIn, 'auto-apply', {
      mode: 'on',
      inputs: { ...applying, atCreation: 'on' },
    });
  },
);

test('two replicas, told of everything twice, and four workers carry out each fact once', async () => {
  const clients = await Promise.all(Array.from({ length: 24 }, () => newClient('100.00')));
  const told = await Promise.all(
    clients.map(async (client) => {
      const invoices = await newInvoices(client, 3, '10.00');
      return invoices.map((invoice) => [created(invoice), created(invoice)] as const);
    }),
  );
  await Promise.all([
    ...workers(WORKERS),
    ...told
      .flat()
      .flatMap(([item, again]) => [
        replicas.deliver(0, [item]),
        replicas.deliver(1, [item]),
        replicas.deliver(1, [again]),
      ]),
  ]);
  await workersAndSettle();

  for (const client of clients) {
    expect(await commands(client)).toEqual(['done', 'done', 'done']);
    expect(await logOf(client)).toEqual(['-10.00', '-10.00', '-10.00']);
    expect(await paidInvoices(client)).toHaveLength(3);
    await expectNoOverdraft(client, '70.00');
  }
});

function newClient(credit: string): Promise<number> {
  return addClient(ground.installation.database.root, { credit });
}

async function newInvoices(client: number, count: number, total: string): Promise<number[]> {
  const ids: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    ids.push(await addInvoice(ground.installation.database.root, { client, total }));
  }
  return ids;
}

function created(invoice: number) {
  return hookItem('InvoiceCreated', {
    source: 'api',
    user: 1,
    invoiceid: invoice,
    status: 'Unpaid',
  });
}

/** A command as the service writes it, each for a fact of its own. */
async function write(
  client: number,
  invoice: number | null,
  action: string,
  parameters: object,
  expects: object,
): Promise<string> {
  const id = newId();
  await ground.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, rule, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'race', UTC_TIMESTAMP(6))`,
    [
      id,
      `race:${id}`,
      `race:${id}`,
      client,
      invoice,
      action,
      JSON.stringify(parameters),
      JSON.stringify(expects),
    ],
  );
  return id;
}

function apply(client: number, invoice: number, amount: string): Promise<string> {
  return write(
    client,
    invoice,
    'ApplyCredit',
    { invoiceid: invoice, amount, noemail: true },
    { invoiceStatus: 'Unpaid', invoiceBalanceAtLeast: amount, balanceAtLeast: amount },
  );
}

/** As what removes an expired grant is planned: for one balance, and only while nothing moved since. */
async function expire(client: number, amount: string, balance: string): Promise<string> {
  const [row] = await ground.query<{ id: number }>(
    'SELECT COALESCE(MAX(id), 0) AS id FROM tblcredit',
  );
  return write(
    client,
    null,
    'AddCredit',
    { clientid: client, description: 'Expired', amount, type: 'remove' },
    { balanceExactly: balance, noCreditLogSince: row?.id ?? 0 },
  );
}

/** What was taken because it had expired, positive. */
async function expiredOf(client: number): Promise<readonly number[]> {
  const rows = await ground.query<{ amount: string }>(
    "SELECT amount FROM tblcredit WHERE clientid = ? AND description LIKE 'Expired%' ORDER BY id",
    [client],
  );
  return rows.map(({ amount }) => -Number(amount));
}

function workers(count: number): Promise<void>[] {
  return Array.from({ length: count }, async () => {
    const worker = ground.worker();
    expect(await worker.process.exited, worker.process.output()).toMatchObject({ code: 0 });
  });
}

async function workersAndSettle(): Promise<void> {
  await Promise.all(workers(WORKERS));
  await settle(ground);
}

async function commands(client: number): Promise<readonly string[]> {
  const rows = await ground.query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY created_at, id',
    [client],
  );
  return rows.map(({ state }) => state);
}

async function statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ground.query<{ id: string; state: string }>(
    'SELECT id, state FROM mod_creditbridge_commands WHERE id IN (?)',
    [ids],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** Amounts of the credit log, as the triggers saw them. */
async function logOf(client: number): Promise<readonly (string | null)[]> {
  const changes = await moneyChanges(ground.installation.database, { client, what: 'credit_log' });
  return changes.map(({ after }) => after);
}

async function paidInvoices(client: number): Promise<readonly number[]> {
  const changes = await moneyChanges(ground.installation.database, {
    client,
    what: 'invoice_status',
  });
  return changes.filter(({ after }) => after === 'Paid').map(({ invoice }) => invoice);
}

/**
 * What expired was taken from the very balance it was planned for. What was applied was there when WHMCS was asked to apply it;
 * WHMCS itself looks and writes in two steps.
 */
async function expectOursCovered(client: number, planned: string): Promise<void> {
  const changes = await moneyChanges(ground.installation.database, { client, what: 'balance' });
  const expired = changes.filter(({ before, after }) => Number(before) - Number(after) === 30);
  expect(expired.every(({ before }) => before === planned)).toBe(true);
  const uncovered = await ground.query(
    `SELECT id FROM mod_creditbridge_commands WHERE client_id = ? AND state = 'done' AND action = 'ApplyCredit'
       AND CAST(JSON_VALUE(witnesses, '$.balance') AS DECIMAL(16, 2)) < CAST(JSON_VALUE(parameters, '$.amount') AS DECIMAL(16, 2))`,
    [client],
  );
  expect(uncovered).toEqual([]);
}

/** The balance was never below zero, moved by as much as was logged, and ends as expected. */
async function expectNoOverdraft(client: number, end: string): Promise<void> {
  const changes = await moneyChanges(ground.installation.database, { client, what: 'balance' });
  expect(changes.filter(({ after }) => after?.startsWith('-'))).toEqual([]);
  expect(changes.at(-1)?.after).toBe(end);
  const moved = changes.filter(({ before }) => before !== null);
  expect(moved).toHaveLength((await logOf(client)).length);
}
