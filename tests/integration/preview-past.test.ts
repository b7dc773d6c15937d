import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect, type Db } from '../../src/db/index.ts';
import { type Draft, type Previewed, previewPast } from '../../src/preview/index.ts';
import { createEngine, type Engine } from '../../src/rules/engine/index.ts';
import { daysAfter, daysBetween } from '../../src/rules/index.ts';
import { localTime, readToday } from '../../src/today/index.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { WHMCS_ZONE, whmcsDay } from '../support/whmcs-day.ts';

// A month that the rules really lived through, previewed with the settings they had: the same must come out. With other settings,
// something else.

const ANNA = { id: 1, email: 'anna@example.com' };
const BEN = { id: 2, email: 'ben@example.com' };
const KURT = { id: 11, email: 'kurt@example.com' };
const LAURA = { id: 12, email: 'laura@example.com' };
const NINA = { id: 14, email: 'nina@example.com' };
const OTTO = { id: 15, email: 'otto@example.com' };
const ROSA = { id: 18, email: 'rosa@example.com' };

/** Not how long a month takes to live through, but when it hangs for certain, on a machine with other work too. */
const LIVED_WITHIN_MS = 900_000;
/** As far apart as runs may be; the rules are on from before the first. */
const DAYS_APART = 7;

describe.each(['8.13', '9.0'])('on WHMCS %s', (whmcs) => {
  let installation: Installation;
  let people: People;
  let db: Db;
  let engine: Engine;
  let lived: Previewed;
  let first: string;

  beforeAll(async () => {
    installation = await startInstallation(testDatabaseServer(), { whmcs });
    people = createPeople(installation);
    const { standIn, service } = installation;
    db = connect(service.databaseUrl, 2);
    engine = await createEngine({ rules: [], timeoutMs: 1000 });
    await takeOverAutomaticUse(standIn);
    await saveRule(standIn, 'auto-apply', {
      mode: 'on',
      inputs: {
        atCreation: 'on',
        onDueDate: 'on',
        whenCreditArrives: 'on',
        dueOffsetDays: '0',
        coverage: 'partial',
        mail: 'as-is',
        'smallestRest/1': '1.00',
      },
    });
    await saveRule(standIn, 'deposit-bonus', {
      mode: 'on',
      inputs: {
        'tiers/0/from/1': '20.00',
        'tiers/0/percent': '10',
        'capPerPeriod/1': '19.00',
        period: 'calendar-month',
        periodDays: '30',
        expiresAfterDays: '10',
        followsRefund: 'on',
        takesUsedBonus: 'on',
        description: 'Thank you',
      },
    });
    await saveRule(standIn, 'credit-expiry', { mode: 'on', inputs: { description: 'Expired' } });
    await waitForLedger(installation);
    await liveThroughAMonth();
    lived = await preview();
  }, LIVED_WITHIN_MS);

  afterAll(async () => {
    await engine?.close();
    await db?.destroy();
    await installation?.stop();
  });

  /** Some days of a month, each ending with the cron. WHMCS's clock shows the real time of another day. */
  async function liveThroughAMonth(): Promise<void> {
    const days: readonly (() => Promise<unknown>)[] = [
      async () => {
        await deposit(ANNA, '50.00');
        await people.invoice(ANNA.id, '18.00');
        await people.invoice(BEN.id, '70.00');
        await people.changeByHand(KURT.id, {
          type: 'add',
          amount: '9.00',
          description: 'Goodwill',
        });
      },
      async () => {
        const first = await people.invoice(ROSA.id, '40.00');
        await settle();
        await people.pay(ROSA.email, first, '15.00');
        await deposit(ROSA, '30.00');
        await people.invoice(LAURA.id, '33.00');
        await deposit(NINA, '200.00');
        await order(ANNA, false);
      },
      async () => {
        const refunded = await deposit(OTTO, '60.00');
        await people.refund(refunded, '20.00');
        // It has no hook and no row of the log: the next round finds it.
        await people.changeByHand(LAURA.id, { type: 'add', amount: '0.50', description: 'Gift' });
        await vi.waitUntil(async () => (await moneyBackOf(refunded)) === 2000, 60_000);
        await settle();
        await deposit(KURT, '25.00');
        await order(KURT, true);
      },
      async () => {
        await people.changeByHand(BEN.id, { type: 'remove', amount: '1.00', description: 'Typo' });
      },
      async () => {
        await deposit(LAURA, '20.00');
        await people.invoice(OTTO.id, '5.00');
        await people.invoice(NINA.id, '300.00');
      },
    ];
    // No later: what the service hears has the database's time, and a preview reads it from a day before its first.
    first = whmcsDay();
    for (const [index, deeds] of days.entries()) {
      const time = localTime(new Date(), WHMCS_ZONE).slice(11);
      const day = daysAfter(first, index * DAYS_APART);
      await moveToDay(installation.standIn, `${day} ${time}`);
      // The first call of cron comes soon after midnight, the day's automation later.
      await installation.service.cli('run', 'daily');
      await settle();
      await deeds();
      await settle();
      const { code, output } = await installation.standIn.runCron({ force: true });
      expect(code, output).toBe(0);
      await settle();
    }
    await expectNoPhpFaults(installation.database);
  }

  async function moneyBackOf(deposit: number): Promise<number | undefined> {
    const [row] = await installation.database.query<{ back: number }>(
      'SELECT money_back_hundredths AS back FROM mod_creditbridge_grants WHERE follows_invoice_id = ?',
      [deposit],
    );
    return row === undefined ? undefined : Number(row.back);
  }

  const settle = () => settleLedger(installation);

  async function deposit(who: { readonly email: string }, amount: string): Promise<number> {
    const invoice = await people.deposit(who.email, amount);
    await people.pay(who.email, invoice, amount);
    await settle();
    return invoice;
  }

  async function order({ email }: { readonly email: string }, useCredit: boolean): Promise<void> {
    const visitor = await visitAsClient(installation.standIn, email);
    const page = 'cart.php?a=checkout&pid=2&billingcycle=Monthly';
    await visitor.get(page);
    await visitor.post(page, {
      pid: '2',
      billingcycle: 'Monthly',
      paymentmethod: 'standincard',
      ...(useCredit && { applycredit: '1' }),
    });
  }

  async function preview(...drafts: readonly Draft[]): Promise<Previewed> {
    const signal = new AbortController().signal;
    return previewPast(
      { db, engine, drafts, signal, onProgress: () => undefined },
      await daysLived(),
    );
  }

  /** From the first day to today: one more than was planned when midnight came meanwhile. */
  async function daysLived(): Promise<number> {
    return daysBetween(first, (await readToday(db)).date);
  }

  test(
    'a preview over a past that the rules really lived through equals what happened',
    shows(['auto-apply', 'deposit-bonus', 'credit-expiry'], ['previewed'], ['8.x', '9.x']),
    async () => {
      // How many commands it took may differ: of what happens within a second, only the sum is sure.
      const did = (one: Previewed['effects'][number]) => [one.rule, one.effect, one.currency.code];
      expect(lived.effects.map((one) => [...did(one), one.really?.hundredths])).toEqual(
        lived.effects.map((one) => [...did(one), one.hundredths]),
      );
      expect(lived.changed).toEqual([]);
      // All that the rules do was done in that month.
      expect(lived.effects.map(({ rule, effect }) => `${rule} ${effect}`)).toEqual(
        expect.arrayContaining([
          'auto-apply apply',
          'credit-expiry remove',
          'deposit-bonus grant',
          'deposit-bonus remove',
        ]),
      );
    },
  );

  test('other settings, tried on the same past, have another result, and nothing is committed', async () => {
    const count = () =>
      installation.database.query(
        `SELECT (SELECT COUNT(*) FROM mod_creditbridge_decisions) AS decisions,
           (SELECT COUNT(*) FROM mod_creditbridge_commands) AS commands,
           (SELECT SUM(credit) FROM tblclients) AS credit`,
      );
    const before = await count();
    const draft = { rule: 'deposit-bonus', layer: 'installation', layerId: 0 } as const;
    const without = await preview({ ...draft, mode: 'off', settings: {} });
    expect(effectsOf(without, 'deposit-bonus').map(({ count }) => count)).toEqual([0, 0]);
    const tiers = [{ from: { '1': '20.00' }, percent: '20' }];
    const twice = await preview({ ...draft, mode: 'observe', settings: { tiers } });
    const [given] = effectsOf(twice, 'deposit-bonus');
    // Twice as much without the cap: of 50.00, 30.00, 200.00, 60.00, 25.00 and 20.00.
    expect(given).toMatchObject({ effect: 'grant', count: 6, hundredths: 7700n });
    expect(twice.changedClients).toBeGreaterThan(0);
    // More credit pays more.
    const applied = (one: Previewed) => effectsOf(one, 'auto-apply', 'USD')[0]?.hundredths ?? 0n;
    expect(applied(twice)).toBeGreaterThan(applied(lived));
    expect(applied(lived)).toBeGreaterThan(applied(without));
    expect(await count()).toEqual(before);
  });

  test('the command line previews the past in words, and tomorrow as CSV', async () => {
    const { service } = installation;
    const words = await service.cli('preview', '--days', String(await daysLived()));
    expect(words).toContain('Nothing was committed.');
    expect(words).toMatch(/deposit-bonus +grant +6 /);
    expect(words).toContain('Clients who would end with another balance: 0.');
    const csv = await service.cli('preview', '--tomorrow', '--csv');
    expect(csv).toContain('what,rule,does,client_id,currency,count,would,really,says');
    expect(csv).toContain('as of today,');
  });

  test('a preview ends when it is no longer wanted', async () => {
    const leaving = new AbortController();
    const progress: number[] = [];
    const ended = previewPast({
      db,
      engine,
      drafts: [],
      signal: leaving.signal,
      onProgress: ({ done }) => {
        progress.push(done);
        leaving.abort();
      },
    });
    await expect(ended).rejects.toThrow('aborted');
    expect(progress).toHaveLength(1);
  });
});

function effectsOf({ effects }: Previewed, rule: string, code = 'USD') {
  return effects.filter((one) => one.rule === rule && one.currency.code === code);
}
