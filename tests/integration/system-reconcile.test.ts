import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { type Visitor, visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { watchTraffic } from '../support/watch-traffic.ts';

// Stand-in, shim, service and tail together: what admins and programs do behind the ledger's back is noticed and put right.

const ANNA = { id: 1, email: 'anna@example.com' };
const BEN = 2;
const CLARA = 3;
const DAIKI = 4;
const ELLA = 5;
const HANNA = 8;
const FIVE_MINUTES_MS = 300_000;

let installation: Installation;
let parts: Parts;
let people: People;
let admin: Visitor;
/** How far the looks of this test are ahead of the service's own. */
let aheadMs = 0;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  people = createPeople(installation);
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '10.00',
      'tiers/0/percent': '10',
      description: 'Thank you',
      period: 'calendar-month',
      periodDays: '30',
    },
  });
  admin = await visitAsAdmin(installation.standIn, 'admin');
  await waitForLedger(installation);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: () => Date.now() + aheadMs },
  );
  await parts.reconciliation.lookAtAll();
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

/** Looks until a difference that lasts is open. */
async function lookTwice(): Promise<void> {
  await waitForLedger(installation);
  await parts.reconciliation.lookAtAll();
  aheadMs += FIVE_MINUTES_MS;
  await parts.reconciliation.lookAtAll();
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await done()); await sleep(200)) {
    if (Date.now() > end) throw new Error(`It did not happen: ${what}.`);
  }
}

/** What a command prints. */
async function tell(command: string): Promise<string> {
  return (await installation.service.tryCli(command)).output;
}

/** The checks of `doctor` with their marks, without what they say, which names times. */
const marks = (doctor: string) => doctor.match(/^\S {2}\S+(?: \S+)* {2,}/gm);

async function profile(client: number, fields: Record<string, string>): Promise<void> {
  const path = `admin/clientsprofile.php?userid=${client}`;
  await admin.get(path);
  const [row] = await installation.database.query<{ currency: number }>(
    'SELECT currency FROM tblclients WHERE id = ?',
    [client],
  );
  await admin.post(path, { status: 'Active', currency: String(row?.currency), ...fields });
}

const openDrifts = (client: number) =>
  installation.database.query(
    "SELECT whmcs_hundredths - ledger_hundredths AS difference FROM mod_creditbridge_drifts WHERE client_id = ? AND state = 'open'",
    [client],
  );

test('an overwritten balance is corrected in WHMCS by one command, and every grant stays', async () => {
  const before = await remainingOf(installation.database, BEN);
  const balance = await balanceOf(installation.database, BEN);
  await profile(BEN, { credit: '77.00' });
  await lookTwice();
  expect(await openDrifts(BEN)).toHaveLength(1);
  const page = await postAct(admin, `drifts/${BEN}`, 'correct-drift', { reason: 'Typed wrongly' });
  expect(page.path).toContain('said=asked');
  await settleLedger(installation);
  expect(await balanceOf(installation.database, BEN)).toBe(balance);
  expect(await remainingOf(installation.database, BEN)).toEqual(before);
  expect(await openDrifts(BEN)).toEqual([]);
});

test('a row of the log that was edited, then deleted, without the balance is found, named and accepted', async () => {
  await people.changeByHand(ELLA, { type: 'add', amount: '20.00', description: 'Goodwill' });
  await waitForLedger(installation);
  const [row] = await installation.database.query<{ id: number }>(
    'SELECT MAX(id) AS id FROM tblcredit WHERE clientid = ?',
    [ELLA],
  );
  const credits = `admin/clientscredits.php?userid=${ELLA}`;
  const standing = async () =>
    (
      await installation.database.query<{ revision: number }>(
        'SELECT MAX(revision) AS revision FROM mod_creditbridge_entries WHERE log_id = ?',
        [row?.id],
      )
    )[0]?.revision;
  await admin.get(credits);
  await admin.post(credits, {
    do: 'edit',
    row: String(row?.id),
    amount: '12.50',
    description: 'Goodwill',
  });
  await until('the edited row is mirrored', async () => (await standing()) === 2);
  await lookTwice();
  expect(await openDrifts(ELLA)).toEqual([{ difference: 750 }]);
  const shown = await admin.get(addonPath(`drifts/${ELLA}`));
  expect(shown.body).toContain(
    `Row ${row?.id} of WHMCS’s credit log was probably deleted or edited`,
  );

  await admin.get(credits);
  await admin.post(credits, { do: 'delete', row: String(row?.id) });
  await until('the deleted row is taken back', async () => (await standing()) === 3);
  await lookTwice();
  expect(await openDrifts(ELLA)).toEqual([{ difference: 2000 }]);
  const gone = await admin.get(addonPath(`drifts/${ELLA}`));
  expect(gone.body).toContain('is gone');
  const page = await postAct(admin, `drifts/${ELLA}`, 'accept-drift', {
    as: 'promotional',
    reason: 'It was goodwill after all',
  });
  expect(page.path).toContain('said=drift-accepted');
  expect(await remainingOf(installation.database, ELLA)).toMatchObject({ promotional: 2000 });
});

test('many credits at once through the API are never a difference', async () => {
  let running = true;
  const traffic = watchTraffic();
  const looking = (async () => {
    while (running) {
      aheadMs += FIVE_MINUTES_MS + 60_000;
      await parts.reconciliation.lookAtAll({ onlyBalances: true });
      await traffic.passes();
    }
  })();
  const add = (client: number) =>
    installation.standIn.api('AddCredit', {
      clientid: String(client),
      amount: '1.00',
      description: 'Goodwill',
    });
  const others = Array.from({ length: 6 }, async (_, index) => {
    for (let n = 0; n < 4; n++) await traffic.during(add(index % 2 === 0 ? HANNA : CLARA));
  });
  await Promise.all(others);
  running = false;
  await looking;
  await lookTwice();
  expect([...(await openDrifts(HANNA)), ...(await openDrifts(CLARA))]).toEqual([]);
  const notices = await installation.database.query(
    "SELECT fact FROM mod_creditbridge_notices WHERE rule = 'reconcile' AND client_id IN (?, ?)",
    [HANNA, CLARA],
  );
  expect(notices).toEqual([]);
});

test('a deposit whose hook was lost gets its bonus all the same, once', async () => {
  const { database, service } = installation;
  const deposit = await people.deposit(ANNA.email, '40.00');
  await settleLedger(installation);
  await service.stop();
  await people.pay(ANNA.email, deposit, '40.00');
  await database.query('DELETE FROM mod_creditbridge_spool');
  await service.start();
  await waitForLedger(installation);
  // The shim tries again only some time after it found nobody.
  await database.query(
    'UPDATE mod_creditbridge_settings SET breaker_open_until = NULL, breaker_failures = 0',
  );
  aheadMs = 660_000;
  await parts.reconciliation.lookAtAll();
  await settleLedger(installation);
  await parts.reconciliation.lookAtAll();
  await settleLedger(installation);
  const bonuses = await database.query(
    "SELECT amount_hundredths AS amount, state FROM mod_creditbridge_commands WHERE rule = 'deposit-bonus' AND client_id = ?",
    [ANNA.id],
  );
  expect(bonuses).toEqual([{ amount: 400, state: 'done' }]);
  expect(await remainingOf(database, ANNA.id)).toMatchObject({ paid: 4000, promotional: 400 });
});

test('a signed but false AfterClientMerge merges nobody, is told to the admins, and stands in no true merge’s way', async () => {
  const { database, standIn } = installation;
  await writeFile(
    join(standIn.root, 'false-merge.php'),
    `<?php require __DIR__ . '/init.php'; run_hook('AfterClientMerge', ['toUserID' => 9, 'fromUserID' => ${CLARA}]);`,
  );
  const before = await balanceOf(database, CLARA);
  const doctorBefore = await tell('doctor');
  await fetch(`${standIn.url}false-merge.php`);
  // The service looks for the merge several times, a minute apart, before it takes the hook with the rows as they are.
  await until('the hook is taken', async () => {
    await database.query('UPDATE mod_creditbridge_spool SET next_attempt_at = UTC_TIMESTAMP(6)');
    await installation.work();
    const spooled = await database.query('SELECT id FROM mod_creditbridge_spool');
    return spooled.length === 0;
  });
  expect(
    await database.query(
      "SELECT outcome, code FROM mod_creditbridge_deliveries WHERE type = 'AfterClientMerge'",
    ),
  ).toEqual([{ outcome: 'accepted', code: 'never-visible' }]);
  await parts.reconciliation.lookAtAll();
  aheadMs += 660_000;
  await parts.reconciliation.lookAtAll();

  const findings = await database.query(
    'SELECT kind, other_client_id AS other, outcome, text FROM mod_creditbridge_findings WHERE client_id = ?',
    [CLARA],
  );
  expect(findings).toMatchObject([
    { kind: 'merge-denied', other: 9, outcome: 'open', text: expect.stringContaining('is still') },
  ]);
  expect(await balanceOf(database, CLARA)).toBe(before);
  const page = await admin.get(addonPath('findings'));
  expect(page.body).toContain(`client #${CLARA} is still in WHMCS`);
  expect(await tell('reconcile')).toContain('Balances that differ: 0.');
  expect(marks(await tell('doctor'))).toEqual(marks(doctorBefore));
  // The next test merges the same client in truth.
});

test.each([
  ['balance-only', HANNA],
  ['rows-and-balance', CLARA],
])('a merged client’s credit is accounted for where it went: %s', async (mode, from) => {
  const { database, standIn } = installation;
  await standIn.setSwitch('merge_credit', mode);
  // WHMCS adds the figure whatever its currency; here both have one.
  await database.query(
    'UPDATE tblclients f JOIN tblclients t ON t.id = ? SET t.currency = f.currency WHERE f.id = ? AND t.credit = 0',
    [9, from],
  );
  const before = Number(await balanceOf(database, 9));
  const moved = Number(await balanceOf(database, from));
  expect(moved).toBeGreaterThan(0);
  await admin.get(`admin/clientssummary.php?userid=${from}`);
  await admin.post(`admin/clientssummary.php?userid=${from}`, { do: 'merge', into: '9' });
  await settleLedger(installation);
  await until('the account of the merged client is closed', async () => {
    await parts.reconciliation.lookAtAll();
    const [account] = await database.query<{ balance: number }>(
      'SELECT SUM(balance_hundredths) AS balance FROM mod_creditbridge_accounts WHERE client_id = ?',
      [from],
    );
    return Number(account?.balance) === 0;
  });
  expect(Number(await balanceOf(database, 9))).toBe(before + moved);
  await lookTwice();
  expect(await openDrifts(9)).toEqual([]);
});

test('a deleted client’s account is closed, and a changed currency begins another', async () => {
  const { database } = installation;
  await admin.get(`admin/clientssummary.php?userid=${ELLA}`);
  await admin.post(`admin/clientssummary.php?userid=${ELLA}`, { do: 'delete' });
  await profile(DAIKI, { currency: '1' });
  await settleLedger(installation);
  await parts.reconciliation.lookAtAll();
  aheadMs += 660_000;
  await parts.reconciliation.lookAtAll();
  const accounts = await database.query(
    'SELECT client_id AS client, currency_id AS currency, balance_hundredths AS balance FROM mod_creditbridge_accounts WHERE client_id IN (?, ?) ORDER BY 1, 2',
    [DAIKI, ELLA],
  );
  expect(accounts).toEqual([
    { client: DAIKI, currency: 1, balance: 10_050 },
    { client: DAIKI, currency: 3, balance: 0 },
    { client: ELLA, currency: expect.any(Number), balance: 0 },
  ]);
});
