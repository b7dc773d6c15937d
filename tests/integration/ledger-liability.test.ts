import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { readLiability } from '../../src/books/index.ts';
import { liabilityNotes } from '../../src/ledger/index.ts';
import { formatAmount } from '../../src/money/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { moveCredit } from '../support/log-rows.ts';
import { openFollower } from '../support/open-follower.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const env = {
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
};
afterAll(() => database.drop());

async function liability(day: string) {
  const { out } = await runCommand(['ledger', 'liability', '--day', day, '--json'], env);
  return JSON.parse(out) as {
    readonly basis: string;
    readonly adoptedOn: string;
    readonly parts: readonly { readonly kind: string | null; readonly remaining: string }[];
    readonly totals: readonly {
      readonly currency: { readonly id: number };
      readonly balance: string;
    }[];
  };
}

test('on the day of an adoption the liability is what WHMCS has, and all of it is opening credit', async () => {
  const adopted = await runCommand(['adopt'], env);
  expect([adopted.err, adopted.code]).toEqual([adopted.err, 0]);
  const [epoch] = await database.query<{ adopted_on: string }>(
    'SELECT adopted_on FROM mod_creditbridge_epochs',
  );
  const today = await liability(epoch?.adopted_on ?? '');
  expect(today).toMatchObject({ basis: 'grants', adoptedOn: epoch?.adopted_on });
  const whmcs = await database.query<{ currency: number; credit: string }>(
    'SELECT currency, SUM(credit) AS credit FROM tblclients GROUP BY currency HAVING credit <> 0 ORDER BY currency',
  );
  expect(
    today.totals
      .filter(({ balance }) => balance !== '0.00')
      .map(({ currency, balance }) => ({ currency: currency.id, credit: balance })),
  ).toEqual(whmcs);
  expect(new Set(today.parts.map(({ kind }) => kind))).toEqual(new Set(['opening']));
});

test('a day before the adoption is the sum of the rows of the log up to it', async () => {
  const days = await database.query<{ date: string }>(
    "SELECT DISTINCT date FROM tblcredit WHERE date > '2000-01-01' AND date < ? ORDER BY date",
    [whmcsDay()],
  );
  expect(days.length).toBeGreaterThan(1);
  for (const { date } of days) {
    const sums = await database.query<{ currency: number; credit: string }>(
      `SELECT c.currency, SUM(l.amount) AS credit FROM tblcredit l JOIN tblclients c ON c.id = l.clientid
       WHERE l.date <= ? GROUP BY c.currency ORDER BY c.currency`,
      [date],
    );
    const past = await liability(date);
    if (past.basis === 'grants') continue;
    expect(
      past.totals.map(({ currency, balance }) => ({ currency: currency.id, credit: balance })),
    ).toEqual(sums);
    expect(past.parts.every(({ kind }) => kind === null)).toBe(true);
  }
});

test('a past day is what is known now about it: late, edited and removed rows count on their own day', async () => {
  const own = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(own.root);
  const client = await addClient(own.root);
  const follower = openFollower(own);
  await moveCredit(own.root, { client, amount: '10.00', date: '2026-11-01' });
  await follower.round();
  const edited = await moveCredit(own.root, { client, amount: '5.00', date: '2026-11-23' });
  await moveCredit(own.root, { client, amount: '-2.00', date: '2026-11-25' });
  await follower.round();
  // Straight from the ledger: the command line refuses days that are yet to come.
  const balances = async () => {
    const days = ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'];
    const found = await Promise.all(
      days.map(async (day) => {
        const one = await readLiability(follower.db, day);
        return {
          balance: formatAmount(one?.totals[0]?.balanceHundredths ?? 0n),
          note: one && liabilityNotes(one)[0],
        };
      }),
    );
    expect(found.map(({ note }) => note?.slice(0, 20))).toEqual([
      '2026-11-21 is before',
      ...days.slice(1).map(() => 'This is what is know'),
    ]);
    return found.map(({ balance }) => balance);
  };
  expect(await balances()).toEqual(['10.00', '10.00', '15.00', '15.00', '13.00']);

  await own.query('UPDATE tblcredit SET amount = 6 WHERE id = ?', [edited]);
  await own.query('UPDATE tblclients SET credit = credit + 1 WHERE id = ?', [client]);
  await moveCredit(own.root, { client, amount: '0.50', date: '2026-11-24' });
  await follower.round();
  expect(await balances()).toEqual(['10.00', '10.00', '16.00', '16.50', '14.50']);

  // A row of before the adoption: every day since changes, also those before it.
  await own.query("DELETE FROM tblcredit WHERE date = '2026-11-01'");
  await own.query('UPDATE tblclients SET credit = credit - 10 WHERE id = ?', [client]);
  await follower.round();
  expect(await balances()).toEqual(['0.00', '0.00', '6.00', '6.50', '4.50']);
  await expectCoherentLedger(own);
  await follower.close();
  await own.drop();
});
