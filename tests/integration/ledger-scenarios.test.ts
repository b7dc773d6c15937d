import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, creditOnInvoice, grantsOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { usualWhmcs } from '../support/whmcs-version.ts';

// The whole system with its ledger: what moves credit in WHMCS, from the first click to the grants. The stand-in's triggers
// say what really moved.

const ANNA = { id: 1, email: 'anna@example.com' };
const BEN = { id: 2, email: 'ben@example.com' };
const CLARA = { id: 3, email: 'clara@example.com' };
const ELLA = { id: 5, email: 'ella@example.com' };
const HTML = { id: 6, email: 'html@example.com' };
const SQL = { id: 7, email: 'sql@example.com' };
const HANNA = { id: 8, email: 'hanna@example.com' };
const KURT = { id: 11, email: 'kurt@example.com' };
const LAURA = { id: 12, email: 'laura@example.com' };
const MARCO = { id: 13, email: 'marco@example.com' };
const OTTO = { id: 15, email: 'otto@example.com' };

let installation: Installation;
let people: People;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: { CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/echo') },
  });
  people = createPeople(installation);
  const { standIn } = installation;
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: {
      whenCreditArrives: 'on',
      dueOffsetDays: '0',
      coverage: 'partial',
      mail: 'as-is',
    },
  });
  await saveRule(standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '20.00',
      'tiers/0/from/2': '20.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      expiresAfterDays: '60',
      followsRefund: 'on',
      description: 'Thank you',
    },
  });
  await waitForLedger(installation);
});

beforeEach(() => forgetLogs(installation.database));

afterEach(async () => {
  await settleLedger(installation);
  await installation.standIn.setSwitch('texts', 'english');
  await installation.standIn.setSwitch('mass_payment_transit', 'logged');
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe('credit that came without a hook', () => {
  const ways = [
    {
      how: 'an admin’s Manage Credits',
      texts: 'english',
      who: ELLA,
      kind: 'adjustment',
      come: () =>
        people.changeByHand(ELLA.id, { type: 'add', amount: '30.00', description: 'Goodwill' }),
    },
    {
      how: 'a payment booked as credit',
      texts: 'german',
      who: ANNA,
      kind: 'paid',
      come: () =>
        installation.standIn.api('AddTransaction', {
          userid: String(ANNA.id),
          amountin: '30.00',
          credit: 'true',
          transid: 'BANK-1',
          paymentmethod: 'banktransfer',
          description: 'Überweisung',
        }),
    },
    {
      how: 'an overpayment',
      texts: 'english',
      who: KURT,
      kind: 'paid',
      come: () => people.pay(KURT.email, 912, '55.00'),
    },
    {
      how: 'an overpayment',
      texts: 'german',
      who: OTTO,
      kind: 'paid',
      come: () => people.pay(OTTO.email, 911, '55.00'),
    },
  ] as const;

  test.each(ways)('by $how ($texts) pays the open invoice within seconds, once', async (way) => {
    const { who, texts, kind, come } = way;
    await installation.standIn.setSwitch('texts', texts);
    const open = await people.invoice(who.id, '20.00');
    await settleLedger(installation);
    await forgetLogs(installation.database);

    await come();
    // Nobody sends or runs anything here: the ledger reads the log, and the service rings at WHMCS's door.
    await expect.poll(() => creditOnInvoice(installation.database, open)).toBe('20.00');
    await settleLedger(installation);

    expect(await logged(who.id)).toEqual(['30.00', '-20.00']);
    expect(await balanceOf(installation.database, who.id)).toBe('10.00');
    expect(await remainingOf(installation.database, who.id)).toEqual({ [kind]: 1000 });
    const commands = await commandsOf(who.id);
    expect(commands).toMatchObject([{ rule: 'auto-apply', state: 'done', depth: 0 }]);
    expect(commands[0]?.fact).toMatch(new RegExp(`^auto-apply:invoice:${open}:arrived:entry-`));
  });
});

test('a chain of commands that cause each other ends', async () => {
  await saveRule(installation.standIn, 'echoes-credit', { mode: 'on', inputs: {} });
  try {
    await people.changeByHand(CLARA.id, { type: 'add', amount: '5.00', description: 'Once' });
    await settleLedger(installation);
  } finally {
    await saveRule(installation.standIn, 'echoes-credit', { mode: 'off', inputs: {} });
  }
  const chain = await commandsOf(CLARA.id);
  expect(chain.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4]);
  expect(chain.slice(1).map(({ cause }) => cause)).toEqual(chain.slice(0, -1).map(({ id }) => id));
  expect(await logged(CLARA.id)).toEqual(['5.00', ...Array.from({ length: 5 }, () => '1.00')]);
});

describe('a mass payment by card', () => {
  test.each([
    { ...BEN, transit: 'logged', texts: 'english' },
    { ...LAURA, transit: 'logged', texts: 'german' },
    { ...HTML, transit: 'silent', texts: 'english' },
  ])(
    'leaves promotional credit as it is, which the next spend draws first ($transit, $texts)',
    async (one) => {
      const { id, email, transit, texts } = one;
      await installation.standIn.setSwitch('texts', texts);
      await installation.standIn.setSwitch('mass_payment_transit', transit);
      await people.pay(email, await people.deposit(email, '100.00'), '100.00');
      await settleLedger(installation);
      const before = await remainingOf(installation.database, id);
      expect(before).toMatchObject({ promotional: 1000, paid: 10_000 });
      const balance = await balanceOf(installation.database, id);
      const invoices = [await people.invoice(id, '10.00'), await people.invoice(id, '25.00')];
      await forgetLogs(installation.database);

      await people.payTogether(email, invoices, '35.00');
      await settleLedger(installation);

      expect(await Promise.all(invoices.map(statusOf))).toEqual(['Paid', 'Paid']);
      expect(await logged(id)).toEqual(
        transit === 'logged' ? ['10.00', '-10.00', '25.00', '-25.00'] : [],
      );
      expect(await balanceOf(installation.database, id)).toBe(balance);
      expect(await remainingOf(installation.database, id)).toEqual(before);

      const next = await people.invoice(id, '12.00');
      await people.payWithCredit(email, next, '12.00');
      await settleLedger(installation);
      const after = await remainingOf(installation.database, id);
      expect(after['promotional']).toBeUndefined();
      // What came before adoption is drawn before what was paid in since.
      expect(after).toEqual({
        ...before,
        promotional: undefined,
        opening: Number(before['opening']) - 200,
      });
      await installation.standIn.setSwitch('mass_payment_transit', 'logged');
    },
  );
});

describe('a deposit invoice paid with credit', () => {
  test.each(['english', 'german'])('earns nothing and opens nothing paid (%s)', async (texts) => {
    await installation.standIn.setSwitch('texts', texts);
    const before = await remainingOf(installation.database, HANNA.id);
    const deposit = await people.deposit(HANNA.email, '25.00');
    await people.payWithCredit(HANNA.email, deposit, '25.00');
    await settleLedger(installation);

    expect(await statusOf(deposit)).toBe('Paid');
    expect(await logged(HANNA.id)).toEqual(['-25.00', '25.00']);
    expect(await remainingOf(installation.database, HANNA.id)).toEqual(before);
    expect(await commandsOf(HANNA.id)).toEqual([]);
  });

  test('in part earns for the money alone, and opens no paid credit beyond it', async () => {
    const before = await remainingOf(installation.database, HANNA.id);
    expect(before).toEqual({ opening: 3000 });
    const deposit = await people.deposit(HANNA.email, '28.00');
    await people.payWithCredit(HANNA.email, deposit, '8.00');
    await people.pay(HANNA.email, deposit, '20.00');
    await settleLedger(installation);

    expect(await logged(HANNA.id)).toEqual(['-8.00', '28.00', '2.00']);
    expect(await balanceOf(installation.database, HANNA.id)).toBe('52.00');
    // Which part of the row was money nothing says row by row, so it is kept as credit that is not refundable.
    expect(await remainingOf(installation.database, HANNA.id)).toEqual({
      opening: 3000,
      promotional: 200,
      refund: 2000,
    });
  });
});

describe('a bonus follows a refund of its deposit', () => {
  test('full, told twice, and no other credit goes', async () => {
    const deposit = await paidDeposit('100.00');
    const others = await othersThan(deposit);
    await people.refund(deposit, '100.00');
    await settleLedger(installation);
    tellAgain(deposit);
    await installation.standIn.php('tell-refund.php');
    await lookForDueGrants();

    expect(await logged(ANNA.id)).toEqual(['-10.00']);
    expect(await bonusOf(deposit)).toMatchObject({ amount: 1000, remaining: 0 });
    expect(await othersThan(deposit)).toEqual(others);
  });

  test('half of it, which no hook tells, and then the rest', async () => {
    const deposit = await paidDeposit('100.00');
    const others = await othersThan(deposit);
    await people.refund(deposit, '50.00');
    await lookForDueGrants();
    expect(await logged(ANNA.id)).toEqual(['-5.00']);
    expect(await bonusOf(deposit)).toMatchObject({ remaining: 500 });
    await lookForDueGrants();
    expect(await logged(ANNA.id)).toEqual(['-5.00']);

    await people.refund(deposit, '50.00');
    await lookForDueGrants();
    expect(await logged(ANNA.id)).toEqual(['-5.00', '-5.00']);
    expect(await bonusOf(deposit)).toMatchObject({ remaining: 0 });
    expect(await othersThan(deposit)).toEqual(others);
    // The credit that WHMCS leaves is told with the money that is gone.
    const [origin] = await installation.database.query<{ id: number }>(
      "SELECT sequence AS id FROM mod_creditbridge_entries WHERE kind = 'deposit' AND invoice_id = ?",
      [deposit],
    );
    expect(await installation.service.cli('explain', 'grant', String(origin?.id))).toContain(
      'It may not be paid out any more: $100.00 USD of its payment went back to the payer.',
    );
  });

  test('as far as it was not used', async () => {
    const deposit = await paidDeposit('100.00');
    const others = await othersThan(deposit);
    await people.payWithCredit(ANNA.email, await people.invoice(ANNA.id, '4.00'), '4.00');
    await people.refund(deposit, '100.00');
    await settleLedger(installation);
    await lookForDueGrants();

    expect(await logged(ANNA.id)).toEqual(['-4.00', '-6.00']);
    expect(await bonusOf(deposit)).toMatchObject({ remaining: 0 });
    expect(await othersThan(deposit)).toEqual(others);
  });

  // WHMCS 9 takes no transaction on a paid invoice.
  test.skipIf(usualWhmcs().isNine)(
    'that is booked as a transaction, of which WHMCS tells no refund',
    async () => {
      const deposit = await paidDeposit('100.00');
      const others = await othersThan(deposit);
      await installation.standIn.api('AddTransaction', {
        userid: String(ANNA.id),
        invoiceid: String(deposit),
        amountout: '100.00',
        paymentmethod: 'banktransfer',
        transid: 'BACK-1',
        description: 'Paid back',
      });
      await lookForDueGrants();

      expect(await logged(ANNA.id)).toEqual(['-10.00']);
      expect(await bonusOf(deposit)).toMatchObject({ remaining: 0 });
      expect(await othersThan(deposit)).toEqual(others);
    },
  );

  /** A deposit of Anna's that was paid by card, with its bonus; the logs begin after it. */
  async function paidDeposit(amount: string): Promise<number> {
    const deposit = await people.deposit(ANNA.email, amount);
    await people.pay(ANNA.email, deposit, amount);
    await settleLedger(installation);
    expect(await bonusOf(deposit)).toMatchObject({ kind: 'promotional' });
    await forgetLogs(installation.database);
    return deposit;
  }

  async function bonusOf(deposit: number) {
    const grants = await grantsOf(installation.database, ANNA.id);
    return grants.find(({ followsInvoice }) => followsInvoice === deposit);
  }

  async function othersThan(deposit: number) {
    const grants = await grantsOf(installation.database, ANNA.id);
    return grants.filter(({ followsInvoice }) => followsInvoice !== deposit);
  }

  /** What the next cron call of WHMCS has the service do, too. */
  async function lookForDueGrants(): Promise<void> {
    await settleLedger(installation);
    await installation.service.cli('run', 'daily');
    await settleLedger(installation);
  }

  function tellAgain(invoice: number): void {
    writeFileSync(
      join(installation.standIn.root, 'tell-refund.php'),
      `<?php require __DIR__ . '/init.php'; run_hook('InvoiceRefunded', ['invoiceid' => ${invoice}]);`,
    );
  }
});

// On WHMCS 9 only what our own command gave back is taken back (returning-credit.test.ts).
test.skipIf(usualWhmcs().isNine)(
  'a return from a cancelled invoice is taken back when the invoice is reopened, once',
  async () => {
    expect(await remainingOf(installation.database, MARCO.id)).toEqual({ opening: 4000 });
    await people.payWithCredit(MARCO.email, 909, '10.00');
    await settleLedger(installation);
    // Core leaves credit on a cancelled invoice (whmcs.md §2.7).
    await people.onInvoice(909, 'cancel');
    await giveBack(MARCO.id, 909, '10.00');
    await settleLedger(installation);
    expect(await remainingOf(installation.database, MARCO.id)).toEqual({ opening: 4000 });
    await installation.service.tryCli('reconcile');
    await settleLedger(installation);
    expect(await balanceOf(installation.database, MARCO.id)).toBe('40.00');

    await people.onInvoice(909, 'markunpaid');
    await settleLedger(installation);
    for (let look = 0; look < 2; look++) {
      await installation.service.tryCli('reconcile');
      await settleLedger(installation);
    }
    expect(await logged(MARCO.id)).toEqual(['-10.00', '10.00', '-10.00']);
    expect(await balanceOf(installation.database, MARCO.id)).toBe('30.00');
    expect(await remainingOf(installation.database, MARCO.id)).toEqual({ opening: 3000 });
    expect(await kindsOf(MARCO.id)).toEqual(['invoice', 'return', 'take-back']);
    expect(await creditOnInvoice(installation.database, 909)).toBe('10.00');
  },
);

test('texts of the credit log are kept as they are, and shown as text', async () => {
  const text = `<script>alert("credit")</script> & 'ж' {$x}`;
  await people.changeByHand(HTML.id, { type: 'add', amount: '1.00', description: text });
  await settleLedger(installation);
  const kept = await installation.database.query<{ description: string }>(
    'SELECT description FROM mod_creditbridge_entries WHERE client_id = ?',
    [HTML.id],
  );
  expect(kept.map(({ description }) => description)).toEqual(
    expect.arrayContaining(['<i>Compensation</i> & apology', text]),
  );
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const { status, body } = await admin.get(addonPath(`client/${HTML.id}`));
  expect(status).toBe(200);
  expect(body).toContain('&lt;script&gt;alert(');
  expect(body).not.toContain('<script>alert(');
  expect(body).not.toContain('<i>Compensation');
});

test('rows of a client who is gone, and so has no currency, keep nobody waiting', async () => {
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = `admin/clientssummary.php?userid=${SQL.id}`;
  await admin.get(page);
  await admin.post(page, { do: 'delete' });
  // An import that knows nothing of it.
  await installation.database.root.query(
    "INSERT INTO tblcredit (clientid, admin_id, date, description, amount, relid) VALUES (?, 0, ?, 'Late', 3.00, 0)",
    [SQL.id, whmcsDay()],
  );
  await people.changeByHand(HTML.id, { type: 'add', amount: '2.00', description: 'After' });
  await settleLedger(installation);
  await installation.service.tryCli('reconcile');
  expect(await balanceOf(installation.database, SQL.id)).toBeUndefined();
  expect(await logged(HTML.id)).toEqual(['2.00']);
});

/** A command with its terms, as an operation writes it; nothing in the service gives credit back by itself. */
async function giveBack(clientId: number, invoiceId: number, amount: string): Promise<void> {
  const id = newId();
  const { root } = installation.database;
  await root.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects,
       amount_hundredths, hold_hundredths, rule, depth, urgency, created_at)
     VALUES (?, ?, ?, ?, ?, 'AddCredit', ?, '{}', ?, 0, '', 0, 50, UTC_TIMESTAMP(6))`,
    [
      id,
      `operation:${id}`,
      `operation:${id}`,
      clientId,
      invoiceId,
      JSON.stringify({
        clientid: clientId,
        description: `Returned from invoice #${invoiceId}`,
        amount,
        type: 'add',
      }),
      Math.round(Number(amount) * 100),
    ],
  );
  await root.query(
    `INSERT INTO mod_creditbridge_command_terms (command_id, kind, act, invoice_id, actor, reason)
     VALUES (?, 'return', '{"do":"return"}', ?, 'admin:1', 'The invoice was cancelled')`,
    [id, invoiceId],
  );
}

interface CommandSeen {
  readonly id: string;
  readonly fact: string;
  readonly rule: string;
  readonly state: string;
  readonly depth: number;
  readonly cause: string | null;
}

async function commandsOf(clientId: number): Promise<readonly CommandSeen[]> {
  return installation.database.query<CommandSeen>(
    `SELECT id, fact, rule, state, depth, caused_by AS cause FROM mod_creditbridge_commands
     WHERE client_id = ? ORDER BY created_at, id`,
    [clientId],
  );
}

/** The rows that WHMCS wrote into the client's credit log in this test. */
async function logged(client: number): Promise<readonly (string | null)[]> {
  const changes = await moneyChanges(installation.database, { client, what: 'credit_log' });
  return changes.map(({ after }) => after);
}

/** What the entries are that moved grants, the oldest first. */
async function kindsOf(clientId: number): Promise<readonly string[]> {
  const entries = await installation.database.query<{ kind: string }>(
    `SELECT kind FROM mod_creditbridge_entries WHERE client_id = ? AND does <> 'history' ORDER BY sequence`,
    [clientId],
  );
  return entries.map(({ kind }) => kind);
}

async function statusOf(invoice: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ status: string }>(
    'SELECT status FROM tblinvoices WHERE id = ?',
    [invoice],
  );
  return row?.status;
}
