import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { dayIn } from '../../src/today/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { grantsOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { createPeople, type People } from '../support/people.ts';
import { runCommand } from '../support/run-command.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// WHMCS's clock jumps while the database's goes on: no credit is lost, one question is asked, and the next day is right. The
// next day comes by a time zone that is already a date further, since nobody can move the clock of the database.

/** Twelve hours behind UTC. */
const EARLY_ZONE = 'Etc/GMT+12';
/** Fourteen hours before UTC: always a later date than in the early zone. */
const LATE_ZONE = 'Etc/GMT-14';
const ANNA = { id: 1, email: 'anna@example.com' };
const BEN = { id: 2, email: 'ben@example.com' };
const DAY_MS = 86_400_000;

let installation: Installation;
let people: People;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: { CREDITBRIDGE_WHMCS_URL: '' },
    timezone: EARLY_ZONE,
  });
  people = createPeople(installation);
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'credit-expiry', {
    mode: 'on',
    inputs: { description: 'Expired' },
  });
  await waitForLedger(installation);
});

beforeEach(async () => {
  await passMidnight();
  await installation.database.query('DELETE FROM mod_creditbridge_run_ranges');
  await installation.database.query('DELETE FROM mod_creditbridge_runs');
  setZone(EARLY_ZONE);
  await installation.standIn.setClock('now');
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

test('a day ahead for one cron call takes nothing and asks once; the next day is right', async () => {
  await callCron();
  await bonus(ANNA, 60);
  await bonus(BEN, 1);
  await installation.standIn.setClock(`${dayLater(1)} 10:00`);
  await callCron();
  await callCron();
  expect(await promotional(ANNA)).toBe(3000);
  expect(await promotional(BEN)).toBe(3000);
  expect(await runDates()).toEqual([dayLater(0)]);
  expect(await question()).toContain(`by the database’s clock it is ${dayLater(0)}`);
  const doctor = await installation.service.tryCli('doctor');
  expect(doctor.code).toBe(1);
  expect(doctor.output).toContain(`WHMCS says that it is ${dayLater(1)}`);
  expect(timesHeld(dayLater(1))).toBe(1);

  await installation.standIn.setClock('now');
  await callCron();
  expect(await question()).toBeUndefined();
  expect(await promotional(BEN)).toBe(3000);
  await expectNextDayRight(BEN);
  expect(await promotional(ANNA)).toBe(3000);
});

test('a year ahead by hand is refused, and by the clock it takes nothing', async () => {
  await callCron();
  const before = await promotional(ANNA);
  expect(before).toBeGreaterThan(0);
  const nextYear = dayLater(365);
  const { service, standIn } = installation;
  const run = await service.tryCli('run', 'daily', '--date', nextYear);
  expect(run.code).toBe(2);
  expect(run.output).toContain('can only be looked at, with --preview');
  expect(await service.cli('run', 'daily', '--preview', '--date', nextYear)).toContain(nextYear);

  await standIn.setClock(`${nextYear} 10:00`);
  await callCron();
  expect(await question()).toContain(nextYear);
  expect((await service.tryCli('run', 'daily')).output).toContain('No run of that date is planned');
  await standIn.setClock('now');
  await callCron();
  expect(await question()).toBeUndefined();
  expect(await promotional(ANNA)).toBe(before);
  expect(await runDates()).toEqual([dayLater(0)]);
});

test('a year back closes no run and plans none', async () => {
  await callCron();
  await installation.standIn.setClock(`${dayLater(-365)} 10:00`);
  await callCron();
  expect(await runDates()).toEqual([dayLater(0)]);
  expect(await question()).toContain(dayLater(-365));
});

test('an hour ahead over midnight takes nothing and asks once; the next day is right', async () => {
  const zone = zoneBeforeMidnight();
  setZone(zone);
  await callCron();
  await bonus(BEN, 1, zone);
  const tomorrow = dayIn(zone, new Date(Date.now() + DAY_MS));
  await installation.standIn.setClock(`${tomorrow} 00:10`);
  await expectQuestionUntilClockIsRight(zone);
  await expectNextDayRight(BEN);
});

test('an hour back over midnight takes nothing and asks once; the next day is right', async () => {
  const zone = zoneAfterMidnight();
  setZone(zone);
  await callCron();
  await bonus(BEN, 1, zone);
  const yesterday = dayIn(zone, new Date(Date.now() - DAY_MS));
  await installation.standIn.setClock(`${yesterday} 23:30`);
  await expectQuestionUntilClockIsRight(zone);
  // No zone is surely a date further: an admin confirms WHMCS's next day.
  await moveToDay(installation.standIn, `${dayIn(zone, new Date(Date.now() + DAY_MS))} 10:00`);
  await callCron();
  expect(await promotional(BEN)).toBe(0);
});

test('more than a week after the last run nothing is taken until an admin confirms the date', async () => {
  await callCron();
  await bonus(BEN, 1);
  await installation.database.query(
    'UPDATE mod_creditbridge_runs SET local_date = local_date - INTERVAL 30 DAY',
  );
  setZone(LATE_ZONE);
  await callCron();
  const today = dayIn(LATE_ZONE, new Date());
  expect(await promotional(BEN)).toBe(3000);
  expect(await runDates()).toHaveLength(1);
  expect(await question()).toContain('days after the last daily run');
  const limited = await visitAsAdmin(installation.standIn, 'limited');
  expect((await limited.get(addonPath('overview'))).body).not.toContain('value="confirm-day"');

  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = await postAct(admin, 'overview', 'confirm-day');
  expect(page.body).toContain('Confirmed.');
  expect(await question()).toBeUndefined();
  expect(
    await installation.database.query(
      "SELECT actor, target FROM mod_creditbridge_audit WHERE act = 'day-confirm' ORDER BY at DESC LIMIT 1",
    ),
  ).toEqual([{ actor: 'admin:1', target: today }]);
  await callCron();
  expect((await runDates()).at(-1)).toBe(today);
  expect(await promotional(BEN)).toBe(0);
});

test('what a wrong date took, wrongly confirmed, comes back to its grant in one act, and once', async () => {
  await callCron();
  await bonus(ANNA, 60);
  const had = await promotional(ANNA);
  expect(had).toBeGreaterThan(0);
  const before = await grantsOf(installation.database, ANNA.id);
  const nextYear = dayLater(365);
  await moveToDay(installation.standIn, `${nextYear} 10:00`);
  // The removal of a second grant waits for the first, and is planned anew by the next call.
  await callCron();
  await callCron();
  expect(await promotional(ANNA)).toBe(0);
  await installation.standIn.setClock('now');
  await callCron();
  expect(await promotional(ANNA)).toBe(0);

  const token = await storeToken(installation.database, 1);
  const giveBack = () =>
    runCommand(['credit', 'give-back', nextYear, '--reason', 'The clock was a year ahead'], {
      CREDITBRIDGE_DATABASE_URL: installation.service.databaseUrl,
      CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
      CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
      CREDITBRIDGE_TOKEN: token,
    });
  const first = await giveBack();
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/asked to give back: [1-9]/);
  expect((await giveBack()).out).toContain('asked to give back: 0.');
  await settleLedger(installation);
  expect(await grantsOf(installation.database, ANNA.id)).toEqual(before);
  expect((await giveBack()).out).toContain('asked to give back: 0.');
  await callCron();
  expect(await promotional(ANNA)).toBe(had);
});

/** A deposit of 100.00 that gives 30.00, which can be used for so many days, today being one. */
async function bonus(client: typeof ANNA, days: number, zone = EARLY_ZONE): Promise<void> {
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '100.00',
      'tiers/0/percent': '30',
      description: 'Thank you',
      period: 'calendar-month',
      periodDays: '30',
      expiresAfterDays: String(days),
    },
  });
  const deposit = await people.deposit(client.email, '100.00');
  await people.pay(client.email, deposit, '100.00');
  await settleLedger(installation);
  const [given] = await installation.database.query<{ expires_on: string }>(
    "SELECT expires_on FROM mod_creditbridge_grants WHERE client_id = ? AND kind = 'promotional' ORDER BY id DESC LIMIT 1",
    [client.id],
  );
  expect(given?.expires_on).toBe(dayIn(zone, new Date(Date.now() + (days - 1) * DAY_MS)));
}

async function promotional(client: typeof ANNA): Promise<number> {
  return (await remainingOf(installation.database, client.id))['promotional'] ?? 0;
}

/** A cron call, and the commands and ledger rounds that follow it. */
async function callCron(): Promise<void> {
  const cron = await installation.standIn.runCron();
  expect(cron.code, cron.output).toBe(0);
  await settleLedger(installation);
}

/** The cron call of a wrong date takes nothing, makes no run and asks; the question goes with the first call of the right one. */
async function expectQuestionUntilClockIsRight(zone: string): Promise<void> {
  await callCron();
  expect(await question()).toContain('by the database’s clock');
  expect(await promotional(BEN)).toBe(3000);
  expect(await runDates()).toEqual([dayIn(zone, new Date())]);

  await installation.standIn.setClock('now');
  await callCron();
  expect(await question()).toBeUndefined();
  expect(await promotional(BEN)).toBe(3000);
}

/** What ended goes when its last day is over by every clock. */
async function expectNextDayRight(client: typeof ANNA): Promise<void> {
  setZone(LATE_ZONE);
  await callCron();
  expect(await question()).toBeUndefined();
  expect((await runDates()).at(-1)).toBe(dayIn(LATE_ZONE, new Date()));
  expect(await promotional(client)).toBe(0);
}

/** What the overview asks about the date. */
async function question(): Promise<string | undefined> {
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const { body } = await admin.get(addonPath('overview'));
  const asked = [...body.matchAll(/<strong>Is today [^<]*<\/strong>([^<]*)/g)];
  expect(asked.length).toBeLessThanOrEqual(1);
  return asked[0]?.[1];
}

function timesHeld(date: string): number {
  const lines = installation.service.process().output().split('\n');
  return lines.filter((line) => line.includes('run is held') && line.includes(date)).length;
}

async function runDates(): Promise<readonly string[]> {
  const rows = await installation.database.query<{ local_date: string }>(
    'SELECT local_date FROM mod_creditbridge_runs ORDER BY local_date',
  );
  return rows.map(({ local_date }) => local_date);
}

/** The date in the early zone so many days from now. */
function dayLater(days: number): string {
  return dayIn(EARLY_ZONE, new Date(Date.now() + days * DAY_MS));
}

/** A zone in which midnight is more than a quarter of an hour and less than 75 minutes away. */
function zoneBeforeMidnight(now = new Date()): string {
  return zoneAtHour(now.getUTCMinutes() < 45 ? 23 : 22, now);
}

/** A zone in which midnight was more than a quarter of an hour and less than 75 minutes ago. */
function zoneAfterMidnight(now = new Date()): string {
  return zoneAtHour(now.getUTCMinutes() < 15 ? 1 : 0, now);
}

/** A zone in which it is that hour now. */
function zoneAtHour(hour: number, now = new Date()): string {
  const ahead = hour - now.getUTCHours();
  const offset = ((ahead + 36) % 24) - 12;
  // POSIX counts to the west.
  return `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** Waits while a midnight of either zone is so near that it would come amid a test. */
async function passMidnight(): Promise<void> {
  const soon = new Date(Date.now() + 20_000);
  const isNear = [EARLY_ZONE, LATE_ZONE].some(
    (zone) => dayIn(zone, soon) !== dayIn(zone, new Date()),
  );
  if (isNear) await sleep(20_000);
}

/** WHMCS lives in another zone from the next request on. */
function setZone(zone: string): void {
  const path = join(installation.standIn.root, 'configuration.php');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/Etc\/[A-Z0-9+-]+/, zone));
}
