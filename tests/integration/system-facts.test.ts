import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { holdInHook } from '../support/hold-in-hook.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// The whole system: what WHMCS undoes, tells late, tells twice, or is telling while the service stops.

let installation: Installation;
let people: People;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  people = createPeople(installation);
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  await bonusOnDeposits({});
  // Its hook is inline, so that the shim would ask and act while the invoice is being made.
  await saveRule(installation.standIn, 'deposit-limits', {
    mode: 'on',
    inputs: { 'maximum/1': '400.00', mailSubject: 'Refused', mailText: '{reason}' },
  });
});

beforeEach(() => forgetLogs(installation.database));

afterEach(async () => {
  await installation.standIn.setSwitch('hook_transaction', 'none');
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

const ANNA = 1;
const BEN = 2;
/** Two accounts of one person. */
const FARMERS = [
  [11, 'kurt@example.com'],
  [12, 'laura@example.com'],
] as const;

async function bonusOnDeposits(inputs: Readonly<Record<string, string>>): Promise<void> {
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '50.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      followsRefund: 'on',
      takesUsedBonus: 'on',
      description: 'Thank you',
      ...inputs,
    },
  });
}

/** The bonuses that WHMCS's own log says this client got, whatever became of them. */
async function givenTo(client: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ amount: string }>(
    "SELECT amount FROM tblcredit WHERE clientid = ? AND description LIKE 'Thank you%' AND amount > 0 ORDER BY id",
    [client],
  );
  return rows.map(({ amount }) => amount);
}

test('a hook fired inside a transaction that WHMCS rolls back leaves no trace', async () => {
  await installation.work();
  const before = await counts();
  await installation.standIn.setSwitch('hook_transaction', 'rollback');
  const anna = await visitAsClient(installation.standIn, 'anna@example.com');
  await anna.get('clientarea.php?action=addfunds');
  const page = await anna.post('clientarea.php?action=addfunds', {
    amount: '60.00',
    paymentmethod: 'standincard',
  });
  expect(page.body).toContain('rolled its transaction back');
  const rosa = await visitAsClient(installation.standIn, 'rosa@example.com');
  await rosa.get('clientarea.php?action=masspay');
  await rosa.post('clientarea.php?action=masspay', { 'invoiceids[]': ['913', '914'] });
  expect(await firedInvoiceCreated()).toBe(2);
  await installation.work();

  expect(await counts()).toEqual(before);
  expect(await moneyChanges(installation.database)).toEqual([]);
});

test('a hook fired inside a transaction that commits later is decided once, on the committed facts', async () => {
  // Another addon changes the invoice after our hook, still inside the transaction, which then stays open.
  const hold = holdInHook('InvoiceCreated', installation.standIn.root);
  writeFileSync(
    join(installation.standIn.root, 'includes/hooks/discount.php'),
    `<?php ${hold.php}
     add_hook('InvoiceCreated', 5000, function (array $vars): void {
       WHMCS\\Database\\Capsule::table('tblinvoices')->where('id', $vars['invoiceid'])
         ->where('subtotal', '31.00')->update(['subtotal' => '24.00', 'total' => '24.00']);
     });`,
  );
  await installation.standIn.setSwitch('hook_transaction', 'commit');
  const before = await counts();
  const worker = installation.startWorker();
  const creating = installation.standIn.api('CreateInvoice', invoiceOf(BEN, '31.00'));
  let isOpen = true;
  void creating.finally(() => {
    isOpen = false;
  });
  await hold.reached();
  // The worker looks every second.
  await sleep(3000);
  expect(await counts()).toEqual(before);
  expect(isOpen).toBe(true);

  hold.release();
  const id = Number((await creating)['invoiceid']);
  await expect
    .poll(() => creditOnInvoice(installation.database, id), { timeout: 60_000 })
    .toBe('24.00');
  // A worker that is ended while it sends keeps what it took for a minute.
  await expect
    .poll(() => ids('SELECT id FROM mod_creditbridge_spool'), { timeout: 60_000 })
    .toEqual([]);
  await worker.stop();
  expect(await moneyChanges(installation.database, { client: BEN, what: 'credit_log' })).toEqual([
    expect.objectContaining({ after: '-24.00' }),
  ]);
  expect(
    await installation.database.query(
      "SELECT outcome, amount_hundredths AS amount FROM mod_creditbridge_decisions WHERE invoice_id = ? AND outcome = 'effect'",
      [id],
    ),
  ).toEqual([{ outcome: 'effect', amount: 2400 }]);
});

test(
  'a paid deposit told of many times, at once and again later, earns one bonus',
  shows('deposit-bonus', ['client-form', 'admin', 'second-delivery'], ['8.x']),
  async () => {
    const deposit = await payDeposit('100.00');
    const telling = script('tell.php', `run_hook('InvoicePaid', ['invoiceid' => ${deposit}]);`);
    // Each process tells it, sends it after its page, and runs what waits; two workers do the same.
    await Promise.all([
      ...Array.from({ length: 4 }, () => installation.standIn.php(telling)),
      installation.work(),
      installation.work(),
    ]);
    const [sent] = await installation.database.query<{ id: string; item: string }>(
      "SELECT id, item FROM mod_creditbridge_deliveries WHERE type = 'InvoicePaid' AND invoice_id = ? LIMIT 1",
      [deposit],
    );
    // The reply was lost: the same bytes are sent again.
    await installation.database.root.query(
      `INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)
     VALUES (?, 'InvoicePaid', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [sent?.id, sent?.item],
    );
    const admins = await Promise.all(
      ['admin', 'second'].map((name) => visitAsAdmin(installation.standIn, name)),
    );
    for (const act of ['markunpaid', 'markpaid']) {
      const page = `admin/invoices.php?action=edit&id=${deposit}`;
      await Promise.all(admins.map((admin) => admin.get(page)));
      await Promise.all(admins.map((admin) => admin.post(page, { do: act })));
    }
    await installation.work();

    const told = await installation.database.query<{ id: string; duplicates: number }>(
      "SELECT id, duplicates FROM mod_creditbridge_deliveries WHERE type = 'InvoicePaid' AND invoice_id = ?",
      [deposit],
    );
    expect(told.length).toBe(1 + 4 + 2);
    expect(told.find(({ id }) => id === sent?.id)?.duplicates).toBeGreaterThan(0);
    expect(await bonuses(deposit)).toEqual(['10.00']);
  },
);

test(
  'two accounts of one person that deposit, use the bonus and ask for their money back earn no more than the cap, however often',
  shows(['auto-apply', 'deposit-bonus'], ['client-form', 'competing'], ['8.x']),
  async () => {
    await bonusOnDeposits({ 'capPerPeriod/1': '15.00' });
    for (const round of [1, 2]) {
      for (const [client, email] of FARMERS) {
        const deposit = await people.deposit(email, '100.00');
        await people.pay(email, deposit, '100.00');
        await installation.work();
        // Paid at once by the rule that applies credit, with the bonus first.
        const invoice = await people.invoice(client, '10.00');
        await installation.work();
        expect(await creditOnInvoice(installation.database, invoice)).toBe('10.00');
        await people.refund(deposit, '100.00');
        expect([round, client, await givenTo(client)]).toEqual([
          round,
          client,
          round === 1 ? ['10.00'] : ['10.00', '5.00'],
        ]);
      }
    }
  },
);

test('a bonus that is given after days is not given for money that went back before, and once for money that stayed', async () => {
  await bonusOnDeposits({ givenAfterDays: '14' });
  const before = await Promise.all(FARMERS.map(([client]) => givenTo(client)));
  const deposits: number[] = [];
  for (const [, email] of FARMERS) {
    const deposit = await people.deposit(email, '100.00');
    await people.pay(email, deposit, '100.00');
    await installation.work();
    deposits.push(deposit);
  }
  const [back = 0, stays = 0] = deposits;
  await people.refund(back, '100.00');
  await installation.work();
  expect(await Promise.all(FARMERS.map(([client]) => givenTo(client)))).toEqual(before);

  await installation.database.query(
    "UPDATE mod_creditbridge_commands SET not_before = not_before - INTERVAL 14 DAY WHERE action = 'AddCredit' AND state = 'open' AND not_before > UTC_TIMESTAMP(6) + INTERVAL 13 DAY",
  );
  await installation.work();
  await installation.work();
  const commands = await installation.database.query(
    "SELECT invoice_id AS deposit, state FROM mod_creditbridge_commands WHERE action = 'AddCredit' AND invoice_id IN (?, ?) ORDER BY id",
    [back, stays],
  );
  expect(commands).toEqual([
    { deposit: back, state: 'stale' },
    { deposit: stays, state: 'done' },
  ]);
  const [refunded, kept] = FARMERS;
  expect(await givenTo(refunded[0])).toEqual(before[0]);
  expect(await givenTo(kept[0])).toEqual([...(before[1] ?? []), '10.00']);
});

test('stopped by SIGTERM amid deliveries the service finishes in order; nothing is lost and nothing decided twice', async () => {
  const firing = script(
    'fire.php',
    `for ($i = 0; $i < 600; $i++) { run_hook('InvoiceCreated', ['invoiceid' => 909, 'source' => 'api', 'user' => 'admin', 'status' => 'Unpaid']); }`,
  );
  const before = await ids(
    "SELECT id FROM mod_creditbridge_deliveries WHERE type = 'InvoiceCreated'",
  );
  const sending = installation.standIn.php(firing);
  await expect
    .poll(
      async () =>
        (await ids("SELECT id FROM mod_creditbridge_deliveries WHERE type = 'InvoiceCreated'"))
          .length,
      { timeout: 60_000, interval: 5 },
    )
    .toBeGreaterThan(before.length);
  const exit = await installation.service.stop();
  expect(exit).toEqual({ code: 0, signal: null });
  await sending;
  const left = await ids('SELECT id FROM mod_creditbridge_spool');
  expect(left.length).toBeGreaterThan(0);

  await installation.service.start();
  await expect
    .poll(
      async () => {
        await installation.work();
        return installation.database.query(
          'SELECT id, hook, attempts, next_attempt_at, taken_until, last_error, UTC_TIMESTAMP(6) AS now FROM mod_creditbridge_spool',
        );
      },
      { timeout: 90_000 },
    )
    .toEqual([]);
  const all = await installation.database.query<{ outcome: string }>(
    "SELECT outcome FROM mod_creditbridge_deliveries WHERE type = 'InvoiceCreated' AND invoice_id = 909",
  );
  expect(all).toHaveLength(600);
  expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['accepted']));
  expect(
    await installation.database.query('SELECT status FROM tblinvoices WHERE id = 909'),
  ).toEqual([{ status: 'Paid' }]);
  expect(await creditOnInvoice(installation.database, 909)).toBe('25.00');
});

function invoiceOf(client: number, amount: string): Readonly<Record<string, string>> {
  return {
    userid: String(client),
    status: 'Unpaid',
    duedate: '2030-01-01',
    itemdescription1: 'Consulting',
    itemamount1: amount,
  };
}

function script(name: string, code: string): string {
  writeFileSync(
    join(installation.standIn.root, name),
    `<?php require __DIR__ . '/init.php'; ${code}`,
  );
  return name;
}

async function payDeposit(amount: string): Promise<number> {
  const anna = await visitAsClient(installation.standIn, 'anna@example.com');
  await anna.get('clientarea.php?action=addfunds');
  const page = await anna.post('clientarea.php?action=addfunds', {
    amount,
    paymentmethod: 'standincard',
  });
  const id = Number(/id=(\d+)/.exec(page.path)?.[1]);
  await anna.get(`modules/gateways/standincard/pay.php?invoiceid=${id}`);
  await anna.post('modules/gateways/standincard/pay.php', {
    invoiceid: String(id),
    amount,
    outcome: 'pay',
  });
  return id;
}

/** What WHMCS's own log says was given for this deposit. */
async function bonuses(deposit: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ amount: string }>(
    `SELECT amount FROM tblcredit WHERE clientid = ? AND description LIKE 'Thank you%'
     AND id > (SELECT MIN(id) FROM tblcredit WHERE description LIKE ?)`,
    [ANNA, `%#${deposit}%`],
  );
  return rows.map(({ amount }) => amount);
}

/** What was kept of hooks. */
async function counts() {
  const [row] = await installation.database.query(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_spool) AS spool,
       (SELECT COUNT(*) FROM mod_creditbridge_deliveries) AS deliveries,
       (SELECT COUNT(*) FROM mod_creditbridge_decisions) AS decisions,
       (SELECT COUNT(*) FROM mod_creditbridge_commands) AS commands`,
  );
  return row;
}

async function firedInvoiceCreated(): Promise<number> {
  const rows = await installation.database.query(
    "SELECT 1 FROM standin_event_log WHERE event = 'hook' AND detail = 'InvoiceCreated'",
  );
  return rows.length;
}

async function ids(sql: string): Promise<readonly string[]> {
  return (await installation.database.query<{ id: string }>(sql)).map(({ id }) => id);
}
