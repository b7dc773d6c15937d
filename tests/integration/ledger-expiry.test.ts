import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { holdInHook } from '../support/hold-in-hook.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// Credit that expires, in the whole system: what is taken is what is left of it, and never anything else, whoever moves
// credit in the same second. Nobody rings at WHMCS's door here, so a command runs when a test says so.

const ANNA = { id: 1, email: 'anna@example.com' };
const DAIKI = { id: 4, email: 'daiki@example.com' };

let installation: Installation;
let people: People;
/** WHMCS's day in each test; the run of the day after is when its bonus has expired. */
let day = 0;
/** Days are counted from here, although midnight may pass. */
const BEGAN = new Date();
let began = '';

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: { CREDITBRIDGE_WHMCS_URL: '' },
  });
  people = createPeople(installation);
  const { standIn } = installation;
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '100.00',
      'tiers/0/from/3': '1000',
      'tiers/0/percent': '30',
      period: 'calendar-month',
      periodDays: '30',
      expiresAfterDays: '1',
      followsRefund: 'on',
      description: 'Thank you',
    },
  });
  await saveRule(standIn, 'credit-expiry', { mode: 'on', inputs: { description: 'Expired' } });
  await waitForLedger(installation);
});

beforeEach(async () => {
  day += 2;
  const [now] = await installation.database.query<{ at: string }>('SELECT UTC_TIMESTAMP(6) AS at');
  began = now?.at ?? '';
  await moveToDay(installation.standIn, `${dateOf(day)} 10:00`);
  await forgetLogs(installation.database);
});

afterEach(async () => {
  await installation.standIn.setSwitch('hook_transaction', 'none');
  await installation.standIn.setSwitch('api_connection', 'shared');
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe('an expired bonus', () => {
  test('goes, and nothing else does', shows('credit-expiry', ['run', 'on'], ['8.x']), async () => {
    const others = await bonusGiven();
    await expire();
    await settleLedger(installation);
    expect(await logged(ANNA.id)).toEqual(['-30.00']);
    expect(await paidAndOther()).toEqual(others);
    expect(await removals()).toEqual([{ state: 'done', amount: 3000 }]);
  });

  test(
    'of which nothing is left takes nothing',
    shows('credit-expiry', ['run'], ['8.x']),
    async () => {
      const others = await bonusGiven();
      await spend('30.00');
      await expire();
      await settleLedger(installation);
      expect(await logged(ANNA.id)).toEqual(['-30.00']);
      expect(await paidAndOther()).toEqual(others);
      expect(await removals()).toEqual([]);
    },
  );
});

describe('when credit moves between the decision to take an expired bonus and its being taken', () => {
  const moves = [
    { what: 'the client pays an invoice with credit', move: () => spend('12.00') },
    {
      what: 'an admin deducts',
      move: () =>
        people.changeByHand(ANNA.id, { type: 'remove', amount: '12.00', description: 'Deducted' }),
    },
  ];

  test.each(moves)('$what, exactly the rest of it goes', async ({ move }) => {
    const others = await bonusGiven();
    await expire();
    await move();
    await installation.work();
    // The command knew of a balance that is no more.
    expect(await removals()).toEqual([{ state: 'stale', amount: 3000 }]);
    expect(await logged(ANNA.id)).toEqual(['-12.00']);

    await expireRest();
    expect(await logged(ANNA.id)).toEqual(['-12.00', '-18.00']);
    expect(await paidAndOther()).toEqual(others);
    await expectLastRemovalDone(1800);
  });

  test('a spend and an equal deposit leave the same balance, and the command is refused all the same', async () => {
    const others = await bonusGiven();
    const balance = await balanceOf(installation.database, ANNA.id);
    await expire();
    await spend('12.00');
    const deposit = await people.deposit(ANNA.email, '12.00');
    await people.pay(ANNA.email, deposit, '12.00');
    expect(await balanceOf(installation.database, ANNA.id)).toBe(balance);
    await installation.work();
    const [stale] = await installation.database.query<{ state: string; reason: string }>(
      "SELECT state, reason FROM mod_creditbridge_commands WHERE rule = 'credit-expiry' ORDER BY created_at DESC LIMIT 1",
    );
    expect(stale).toMatchObject({ state: 'stale', reason: expect.stringContaining('newer than') });

    await expireRest();
    expect(await logged(ANNA.id)).toEqual(['-12.00', '12.00', '-18.00']);
    expect(await paidAndOther()).toEqual({ ...others, paid: Number(others['paid']) + 1200 });
    await expectLastRemovalDone(1800);
  });

  test.each(['shared', 'separate'])(
    'the client’s payment is not committed yet when the command begins: it waits, and does not take what is no longer there (API on a %s connection)',
    async (connection) => {
      await useConnection(connection);
      const others = await bonusGiven();
      const open = await people.invoice(ANNA.id, '12.00');
      await settleLedger(installation);
      await expire();
      // Another addon takes its time, while WHMCS's transaction holds the client's row.
      const hold = holdInHook(
        'LogActivity',
        join(installation.standIn.root, `hold-${connection}`),
        `strpos($vars['description'], 'Credit Applied to Invoice - Invoice ID: ${open} ') === 0`,
      );
      writeFileSync(
        join(installation.standIn.root, `includes/hooks/slow-${connection}.php`),
        `<?php ${hold.php}`,
      );
      await installation.standIn.setSwitch('hook_transaction', 'commit');
      const paying = people.payWithCredit(ANNA.email, open, '12.00');
      await hold.reached();
      const working = installation.work();
      await expect.poll(lockWaits, { interval: LOOK_MS }).toHaveLength(1);
      hold.release();
      await working;
      // It began on the old figures, and found the new ones once it had the lock.
      expect(await removals()).toEqual([{ state: 'stale', amount: 3000 }]);
      const [begun] = await installation.database.query<{ attempts: number }>(
        "SELECT MAX(attempts) AS attempts FROM mod_creditbridge_commands WHERE rule = 'credit-expiry' AND created_at > ?",
        [began],
      );
      expect(begun?.attempts).toBe(1);
      await paying;
      await installation.standIn.setSwitch('hook_transaction', 'none');
      await useConnection('shared');

      await expireRest();
      expect(await logged(ANNA.id)).toEqual(['-12.00', '-18.00']);
      expect(await paidAndOther()).toEqual(others);
      await expectLastRemovalDone(1800);
    },
  );

  test('client, admin and two workers at once: in whatever order, paid credit is touched by the spends alone', async () => {
    const others = await bonusGiven();
    const invoices = [await people.invoice(ANNA.id, '5.00'), await people.invoice(ANNA.id, '7.00')];
    await settleLedger(installation);
    await expire();
    await Promise.all([
      installation.work(),
      installation.work(),
      people.payWithCredit(ANNA.email, Number(invoices[0]), '5.00'),
      people.changeByHand(ANNA.id, { type: 'remove', amount: '3.00', description: 'Deducted' }),
    ]);
    await people.payWithCredit(ANNA.email, Number(invoices[1]), '7.00');
    await expireRest();

    // What was spent before the removal was the bonus; the removal took the rest; what was spent after it was other credit.
    const rows = await logged(ANNA.id);
    const taken = (await removals()).filter(({ state }) => state === 'done');
    const removed = taken.reduce((sum, { amount }) => sum + amount, 0);
    expect(rows.map(hundredths).reduce((sum, one) => sum + one, 0)).toBe(-1500 - removed);
    const before = rows.slice(
      0,
      rows.findIndex((row) => hundredths(row) === -removed),
    );
    const bonusSpent =
      removed === 0 ? 0 : -before.map(hundredths).reduce((sum, one) => sum + one, 0);
    expect(removed + bonusSpent).toBe(3000);
    const left = Object.values(await paidAndOther()).reduce((sum, one) => sum + one, 0);
    const had = Object.values(others).reduce((sum, one) => sum + one, 0);
    expect(left).toBe(had - (1500 - bonusSpent));
  });
});

test('100.50 JPY stays exact: paid in, spent, expired, explained and exported', async () => {
  expect(await remainingOf(installation.database, DAIKI.id)).toEqual({ opening: 10_050 });
  // A manual payment of a sum that the currency's coins do not have; WHMCS keeps two decimals all the same (whmcs.md §1.3).
  const deposit = await people.deposit(DAIKI.email, '1500');
  await people.pay(DAIKI.email, deposit, '1600.50');
  await settleLedger(installation);
  expect(await logged(DAIKI.id)).toEqual(['100.50', '1500.00', '480.00']);

  const open = await people.invoice(DAIKI.id, '379.50');
  await people.payWithCredit(DAIKI.email, open, '379.50');
  await settleLedger(installation);
  expect(await remainingOf(installation.database, DAIKI.id)).toMatchObject({ promotional: 10_050 });
  const rest = await people.invoice(DAIKI.id, '100.50');

  await expire();
  await settleLedger(installation);
  expect((await logged(DAIKI.id)).slice(3)).toEqual(['-379.50', '-100.50']);
  await people.payWithCredit(DAIKI.email, rest, '100.50');
  await settleLedger(installation);
  expect((await logged(DAIKI.id)).slice(3)).toEqual(['-379.50', '-100.50', '-100.50']);
  expect(await balanceOf(installation.database, DAIKI.id)).toBe('1600.50');
  const remaining = await remainingOf(installation.database, DAIKI.id);
  expect(Object.values(remaining).reduce((sum, one) => sum + one, 0)).toBe(160_050);

  const { cli } = installation.service;
  const explained = await cli('explain', 'client', String(DAIKI.id));
  expect(explained).toContain('1,600.50 JPY');
  expect(explained).toContain('100.50 JPY');
  expect(await cli('explain', 'invoice', String(rest))).toContain('100.50 JPY');
  expect(await cli('ledger', 'balance', String(DAIKI.id))).toContain('1600.50');
  const grants = await cli('ledger', 'grants', '--client', String(DAIKI.id), '--remaining');
  expect(grants).toMatch(/paid +1500\.00 +1500\.00 +JPY/);
  expect(grants).toMatch(/paid +100\.50 +100\.50 +JPY/);
  const csv = await cli('ledger', 'export', 'entries', '--client', String(DAIKI.id));
  expect(csv.match(/\b100\.50\b/g)?.length).toBeGreaterThanOrEqual(4);
});

/** Anna pays 100.00 in and is given 30.00 for today; what else she has is answered. The logs begin after it. */
async function bonusGiven(): Promise<Readonly<Record<string, number>>> {
  const deposit = await people.deposit(ANNA.email, '100.00');
  await people.pay(ANNA.email, deposit, '100.00');
  await settleLedger(installation);
  const grants = await grantsOf(installation.database, ANNA.id);
  expect(grants.filter(({ remaining, kind }) => remaining > 0 && kind === 'promotional')).toEqual([
    expect.objectContaining({ remaining: 3000, expiresOn: dateOf(day), followsInvoice: deposit }),
  ]);
  await forgetLogs(installation.database);
  return paidAndOther();
}

/** Processes of WHMCS that wait for a row. */
/** InnoDB shows a copy of its transactions, and makes a new one only when nobody has looked for 100 ms. */
const LOOK_MS = 250;

async function lockWaits() {
  return installation.database.query(
    `SELECT 1 FROM information_schema.innodb_trx t
     JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
     WHERE p.user = ? AND t.trx_state = 'LOCK WAIT'`,
    [installation.database.owner.user],
  );
}

/** Whether localAPI writes on the connection that modules share; the addon's self-test measures it. */
async function useConnection(position: string): Promise<void> {
  await installation.standIn.setSwitch('api_connection', position);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = await postAct(admin, 'connection', 'self-test');
  expect(page.body).toContain('The acting admin may act.');
}

/** The run of the day after is planned: the command that takes the bonus is written, and waits. */
async function expire(): Promise<void> {
  await waitForLedger(installation);
  await moveToDay(installation.standIn, `${dateOf(day + 1)} 10:00`);
  await installation.service.cli('run', 'daily');
}

/** What the next calls of cron do. */
async function expireRest(): Promise<void> {
  await settleLedger(installation);
  await expire();
  await settleLedger(installation);
  expect((await remainingOf(installation.database, ANNA.id))['promotional']).toBeUndefined();
}

async function spend(amount: string): Promise<void> {
  await people.payWithCredit(ANNA.email, await people.invoice(ANNA.id, amount), amount);
}

async function paidAndOther(): Promise<Readonly<Record<string, number>>> {
  const remaining = await remainingOf(installation.database, ANNA.id);
  return Object.fromEntries(Object.entries(remaining).filter(([kind]) => kind !== 'promotional'));
}

function dateOf(later: number): string {
  return whmcsDay(later, BEGAN);
}

/** The commands of this test that took expired credit, or were to. */
async function removals(): Promise<readonly { readonly state: string; readonly amount: number }[]> {
  return installation.database.query(
    `SELECT state, amount_hundredths AS amount FROM mod_creditbridge_commands
     WHERE rule = 'credit-expiry' AND created_at > ? ORDER BY created_at, id`,
    [began],
  );
}

/** One was done, the last, over this; whatever came before it was stale and took nothing. */
async function expectLastRemovalDone(amount: number): Promise<void> {
  const all = await removals();
  expect(all.filter(({ state }) => state !== 'stale')).toEqual([{ state: 'done', amount }]);
  expect(all.at(-1)).toEqual({ state: 'done', amount });
}

/** The rows that WHMCS wrote into the client's credit log in this test. */
async function logged(client: number): Promise<readonly (string | null)[]> {
  const changes = await moneyChanges(installation.database, { client, what: 'credit_log' });
  return changes.map(({ after }) => after);
}

function hundredths(amount: string | null): number {
  return Math.round(Number(amount) * 100);
}
