import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { runCommand } from '../support/run-command.ts';
import { addonPath, postAct, saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// Money that flows back, and what happens to people's credit: the whole system, from WHMCS's pages and cron to grants,
// explanations and findings, on 8.x and on 9.x.

let installation: Installation;
let people: People;

/** Clients with US dollars and an active order, and nothing else of interest. */
const EMAILS: Readonly<Record<number, string>> = {
  1: 'anna@example.com',
  2: 'ben@example.com',
  6: 'html@example.com',
  7: 'sql@example.com',
  8: 'hanna@example.com',
  11: 'kurt@example.com',
  12: 'laura@example.com',
  15: 'otto@example.com',
  5: 'ella@example.com',
  13: 'marco@example.com',
  14: 'nina@example.com',
  16: 'petra@example.com',
  17: 'quentin@example.com',
  18: 'rosa@example.com',
  19: 'stefan@example.com',
  20: 'tara@example.com',
  21: 'ugo@example.com',
  9: 'ivan@example.com',
};

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    whmcs: '8.13',
    serviceEnv: { CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/new-rule') },
    async beforeService(root) {
      await root.query('UPDATE tblclients SET credit = 0');
      await root.query('DELETE FROM tblcredit');
    },
  });
  people = createPeople(installation);
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '20.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      expiresAfterDays: '60',
      followsRefund: 'on',
      takesUsedBonus: 'on',
      description: 'Thank you',
    },
  });
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  for (const [name, value] of [
    ['reversal_text', 'names-invoice'],
    ['mass_reversal_rows', 'targets'],
    ['taxed_deposits', 'no'],
    ['fee_line', ''],
    ['refund_ends_as', 'Refunded'],
  ] as const) {
    await installation.standIn.setSwitch(name, value);
  }
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

/** A deposit that the client paid by card, with its bonus of 10 %. */
async function paidDeposit(client: number, amount: string): Promise<number> {
  const invoice = await people.deposit(EMAILS[client] ?? '', amount);
  await people.pay(EMAILS[client] ?? '', invoice, amount);
  await settleLedger(installation);
  return invoice;
}

/** An invoice that the client pays with credit. */
async function spend(client: number, amount: string): Promise<number> {
  const invoice = await people.invoice(client, amount);
  await people.payWithCredit(EMAILS[client] ?? '', invoice, amount);
  await settleLedger(installation);
  return invoice;
}

/** Findings about a client that need somebody: what they say. */
async function findingsOf(client: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_findings WHERE client_id = ? AND outcome = 'open' ORDER BY found_at, fact",
    [client],
  );
  return rows.map(({ text }) => text);
}

/** Carries out what the service asks for until the client's balance is this; it looks for money that went back each round. */
async function waitForBalance(client: number, balance: string): Promise<void> {
  const now = async () => {
    await installation.work();
    return balanceOf(installation.database, client);
  };
  await expect.poll(now, { timeout: 60_000, interval: 500 }).toBe(balance);
  await settleLedger(installation);
}

const grantOf = async (client: number, kind: string) =>
  (await grantsOf(installation.database, client)).find((one) => one.kind === kind)?.id ?? 0;

const explain = (...what: readonly string[]) => installation.service.cli('explain', ...what);

/** The newest entry of a client. */
async function newestEntry(client: number) {
  const [entry] = await installation.database.query<{
    sequence: number;
    kind: string;
    evidence: string;
    invoice: number | null;
    owed: number | null;
  }>(
    `SELECT e.sequence, e.kind, e.evidence, e.invoice_id AS invoice, u.amount_hundredths AS owed
     FROM mod_creditbridge_entries e LEFT JOIN mod_creditbridge_unfunded u ON u.sequence = e.sequence
     WHERE e.client_id = ? AND e.kind <> 'claw-back' ORDER BY e.sequence DESC LIMIT 1`,
    [client],
  );
  return entry;
}

const remaining = (client: number) => remainingOf(installation.database, client);

describe.each([
  { major: '8.x', clients: [1, 2, 11, 6, 7, 12, 21, 5, 9] },
  { major: '9.x', clients: [13, 14, 15, 18, 20, 19, 8, 16, 17] },
])('on $major', ({ major, clients }) => {
  const [
    first = 0,
    second = 0,
    third = 0,
    fourth = 0,
    fifth = 0,
    sixth = 0,
    seventh = 0,
    eighth = 0,
    ninth = 0,
  ] = clients;

  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', major);
    await grantAgain(installation.database);
  });

  test('a deposit charged back takes its own grant, never the bonus, whatever the row says; the bonus follows; somebody is told', async () => {
    await installation.standIn.setSwitch('reversal_text', 'plain');
    const deposit = await paidDeposit(first, '100.00');
    expect(await remaining(first)).toEqual({ paid: 10_000, promotional: 1000 });
    await people.chargeBack(deposit);
    await settleLedger(installation);
    expect(await newestEntry(first)).toMatchObject({
      kind: 'reversal',
      evidence: 'payment',
      invoice: deposit,
      owed: null,
    });
    const grants = await grantsOf(installation.database, first);
    expect(grants.find(({ kind }) => kind === 'paid')?.remaining).toBe(0);
    await waitForBalance(first, '0.00');
    expect(await remaining(first)).toEqual({});
    expect(await explain('invoice', String(deposit))).toContain('was taken back');
    expect(await findingsOf(first)).toEqual([
      expect.stringContaining(
        `The payment of invoice #${deposit} of client #${first} was taken back`,
      ),
    ]);
  });

  test('what was spent of a deposit that is charged back is owed to the reversal; later money covers it first and earns nothing for it', async () => {
    const deposit = await paidDeposit(second, '100.00');
    await spend(second, '70.00');
    // The bonus is used first, then 60.00 of the deposit.
    expect(await remaining(second)).toEqual({ paid: 4000 });
    await people.chargeBack(deposit);
    await settleLedger(installation);
    expect(await balanceOf(installation.database, second)).toBe('-60.00');
    expect(await newestEntry(second)).toMatchObject({ kind: 'reversal', owed: 6000 });
    await expect
      .poll(() => findingsOf(second))
      .toEqual([expect.stringContaining('60.00 USD of it was spent: the client owes that')]);
    const owing = String(await grantOf(second, 'paid'));
    expect(await explain('grant', owing)).toMatch(
      /was taken back after \S*60\.00.* of it was used: the client owes that/,
    );
    await paidDeposit(second, '90.00');
    expect(await explain('grant', owing)).not.toContain('the client owes that');
    // 60.00 of it cover what is owed and earn nothing; 30.00 earn 3.00.
    expect(await balanceOf(installation.database, second)).toBe('33.00');
    expect(await remaining(second)).toEqual({ paid: 3000, promotional: 300 });
  });

  test('a deposit refunded without its credit: its bonus goes, the rest may not be paid out, and somebody is told', async () => {
    await installation.standIn.setSwitch('refund_ends_as', 'Collections');
    const deposit = await paidDeposit(third, '100.00');
    const paid = await grantOf(third, 'paid');
    await people.refund(deposit, '100.00');
    await waitForBalance(third, '100.00');
    expect(await remaining(third)).toEqual({ paid: 10_000 });
    expect(await explain('grant', String(paid))).toContain(
      'It may not be paid out any more: $100.00 USD of its payment went back to the payer.',
    );
    expect(await findingsOf(third)).toEqual([
      expect.stringContaining('but credit that it gave is still there'),
    ]);
  });

  test('a bonus that was used before its deposit is refunded is taken from the deposit’s own credit', async () => {
    const deposit = await paidDeposit(fourth, '100.00');
    await spend(fourth, '10.00');
    expect(await remaining(fourth)).toEqual({ paid: 10_000 });
    await people.refund(deposit, '100.00');
    await waitForBalance(fourth, '90.00');
    expect(await remaining(fourth)).toEqual({ paid: 9000 });
    await expect
      .poll(() => findingsOf(fourth))
      .toEqual([expect.stringContaining('100.00 USD of the payment')]);
    // By the API what is left of the deposit is taken back; asked again, nothing is.
    const token = await storeToken(installation.database, 1);
    const grant = String(await grantOf(fourth, 'paid'));
    const ask = () =>
      fetch(`${installation.service.url}/api/v1/operations`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': newId(),
        },
        body: JSON.stringify({
          operation: { kind: 'reclaim', grantId: grant },
          reason: 'The money went back',
        }),
      });
    expect(await (await ask()).json()).toMatchObject({ state: 'commanded' });
    await waitForBalance(fourth, '0.00');
    await expect.poll(() => findingsOf(fourth)).toEqual([]);
    expect(await (await ask()).json()).toMatchObject({ code: 'nothing-to-reclaim' });
  });

  test('what a rule gave that never heard of refunds goes back in proportion, and its explanation says what will happen', async () => {
    await saveRule(installation.standIn, 'cashback', { mode: 'on', inputs: { share: '10' } });
    const invoice = await people.invoice(ninth, '80.00');
    await people.pay(EMAILS[ninth] ?? '', invoice, '80.00');
    await settleLedger(installation);
    expect(await remaining(ninth)).toEqual({ promotional: 800 });
    const gift = String(await grantOf(ninth, 'promotional'));
    expect(await explain('grant', gift)).toContain(
      `It belongs to invoice #${invoice}. If money of that goes back, the rule “Cashback” takes back what is left`,
    );
    await saveRule(installation.standIn, 'cashback', { mode: 'off', inputs: { share: '10' } });
    expect(await explain('grant', gift)).toContain(
      'If money of that goes back, this credit stays, because the rule “Cashback” is off.',
    );
    await saveRule(installation.standIn, 'cashback', { mode: 'on', inputs: { share: '10' } });
    await people.refund(invoice, '20.00');
    await waitForBalance(ninth, '6.00');
    await people.refund(invoice, '60.00');
    await waitForBalance(ninth, '0.00');
    await saveRule(installation.standIn, 'cashback', { mode: 'off', inputs: { share: '10' } });
  });

  test('the credit of an overpayment that is refunded is not refundable any more, says so, and is found', async () => {
    const invoice = await people.invoice(fifth, '25.00');
    await people.pay(EMAILS[fifth] ?? '', invoice, '25.00');
    await people.pay(EMAILS[fifth] ?? '', invoice, '25.00');
    await settleLedger(installation);
    expect(await remaining(fifth)).toEqual({ paid: 2500 });
    const grant = String(await grantOf(fifth, 'paid'));
    expect(await explain('grant', grant)).toContain('What remains of it may be paid out.');
    await people.refund(invoice, '25.00');
    await expect
      .poll(() => findingsOf(fifth))
      .toEqual([
        expect.stringContaining(`25.00 USD of the payment of invoice #${invoice} went back`),
      ]);
    expect(await explain('grant', grant)).toContain('It may not be paid out any more');
    // One click on what was found, or one line, takes it back, and nothing needs anybody any more.
    const admin = await visitAsAdmin(installation.standIn, 'admin');
    const finding = await admin.get(addonPath(`findings&client=${fifth}`));
    expect(finding.body).toContain('Take back that part');
    if (major === '8.x') await postAct(admin, `grant/${grant}`, 'reclaim-credit');
    else {
      const env = {
        CREDITBRIDGE_DATABASE_URL: installation.service.databaseUrl,
        CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
        CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
        CREDITBRIDGE_TOKEN: await storeToken(installation.database, 1),
      };
      const reclaim = ['credit', 'reclaim', grant, '--reason', 'The second payment was refunded'];
      expect(await runCommand(reclaim, env)).toMatchObject({ code: 0 });
    }
    await waitForBalance(fifth, '0.00');
    expect(await remaining(fifth)).toEqual({});
    await expect.poll(() => findingsOf(fifth)).toEqual([]);
  });

  test('two reversals of parts, a fee and tax: each takes as much of the deposit as it names', async () => {
    await installation.standIn.setSwitch('fee_line', '5.00');
    await installation.standIn.setSwitch('taxed_deposits', 'exclusive');
    const deposit = await people.deposit(EMAILS[sixth] ?? '', '100.00');
    await people.pay(EMAILS[sixth] ?? '', deposit, '125.00');
    await settleLedger(installation);
    // Neither the fee nor the tax earns anything.
    expect(await remaining(sixth)).toEqual({ paid: 10_000, promotional: 1000 });
    await people.reverse(deposit, '40.00');
    await settleLedger(installation);
    expect(await newestEntry(sixth)).toMatchObject({ kind: 'reversal', invoice: deposit });
    await people.reverse(deposit, '60.00');
    await settleLedger(installation);
    const reversals = await installation.database.query(
      "SELECT amount_hundredths AS amount FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'reversal'",
      [sixth],
    );
    expect(reversals).toEqual([{ amount: 4000 }, { amount: 6000 }]);
    expect((await remaining(sixth))['paid']).toBeUndefined();
    await waitForBalance(sixth, '2.00');
  });

  test('a mass payment that held a deposit is reversed before its rows are read', async () => {
    const email = EMAILS[seventh] ?? '';
    const deposit = await people.deposit(email, '40.00');
    const work = await people.invoice(seventh, '25.00');
    const container = await people.payTogether(email, [deposit, work], '65.00');
    await people.chargeBack(container);
    await settleLedger(installation);
    const kinds = await installation.database.query<{ kind: string }>(
      'SELECT kind FROM mod_creditbridge_entries WHERE client_id = ? AND invoice_id = ? ORDER BY sequence DESC',
      [seventh, deposit],
    );
    expect(kinds.map(({ kind }) => kind)).toContain('reversal');
    await waitForBalance(seventh, '0.00');
    expect(await remaining(seventh)).toEqual({});
  });

  test('a commission paid out as credit has a kind of its own and is not refundable', async () => {
    await people.payOutCommission(eighth, '30.00');
    await settleLedger(installation);
    expect(await remaining(eighth)).toEqual({ affiliate: 3000 });
    expect(await explain('client', String(eighth))).toContain('was added as a commission');
    const grants = await installation.service.cli('ledger', 'grants', '--client', String(eighth));
    expect(grants).toContain('affiliate');
  });
});
