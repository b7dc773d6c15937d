import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// Money that flows back, and what happens to people's credit: the whole system, from WHMCS's pages and cron to grants,
// explanations and findings, on 8.x and on 9.x.

let installation: Installation;
let people: People;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  people = createPeople(installation);
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

/** Clients in US dollars, another one for each test of each major. */
const people8 = { affiliate: 11 };
const people9 = { affiliate: 12 };

describe.each([
  { major: '8.x', who: people8 },
  { major: '9.x', who: people9 },
])('on $major', ({ major, who }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', major);
    await grantAgain(installation.database);
  });

  test('a commission paid out as credit has a kind of its own and is not refundable', async () => {
    const before = await balanceOf(installation.database, who.affiliate);
    await people.payOutCommission(who.affiliate, '30.00');
    await settleLedger(installation);
    expect(await balanceOf(installation.database, who.affiliate)).toBe(
      (Number(before) + 30).toFixed(2),
    );
    expect(await remainingOf(installation.database, who.affiliate)).toMatchObject({
      affiliate: 3000,
    });
    const told = await installation.service.cli('explain', 'client', String(who.affiliate));
    expect(told).toContain('was added as a commission');
    const grants = await installation.service.cli(
      'ledger',
      'grants',
      '--client',
      String(who.affiliate),
    );
    expect(grants).toContain('affiliate');
  });
});
