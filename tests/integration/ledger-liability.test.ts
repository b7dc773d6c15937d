import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

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
    "SELECT DISTINCT date FROM tblcredit WHERE date > '2000-01-01' AND date < CURRENT_DATE ORDER BY date",
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
