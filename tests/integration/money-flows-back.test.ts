import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { grantsOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
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
  11: 'kurt@example.com',
  12: 'laura@example.com',
  15: 'otto@example.com',
  20: 'tara@example.com',
};

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  await installation.database.root.query('UPDATE tblclients SET credit = 0');
  await installation.database.root.query('DELETE FROM tblcredit');
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '20.00',
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

afterEach(async () => {
  await settleLedger(installation);
  for (const [name, value] of [
    ['reversal_text', 'names-invoice'],
    ['mass_reversal_rows', 'targets'],
    ['taxed_deposits', 'no'],
    ['fee_line', ''],
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
  { major: '8.x', clients: [1, 2, 11] },
  { major: '9.x', clients: [12, 15, 20] },
])('on $major', ({ major, clients }) => {
  const [first = 0, , third = 0] = clients;

  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', major);
    await grantAgain(installation.database);
  });

  test('a deposit charged back takes its own grant, never the bonus, whatever the row says', async () => {
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
    expect(await explain('invoice', String(deposit))).toContain('was taken back');
  });

  test('a commission paid out as credit has a kind of its own and is not refundable', async () => {
    await people.payOutCommission(third, '30.00');
    await settleLedger(installation);
    expect(await remaining(third)).toEqual({ affiliate: 3000 });
    expect(await explain('client', String(third))).toContain('was added as a commission');
    const grants = await installation.service.cli('ledger', 'grants', '--client', String(third));
    expect(grants).toContain('affiliate');
  });
});
