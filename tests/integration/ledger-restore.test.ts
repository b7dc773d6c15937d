import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExplainRows } from '../../src/books/index.ts';
import type { Explained } from '../../src/ledger/index.ts';
import { copyTables } from '../support/copy-tables.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { logCredit, moveCredit } from '../support/log-rows.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { stateFolder } from '../support/state-folder.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

let database: ServiceDatabase;
let follower: OpenFollower;
let client: number;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(database.root);
  client = await addClient(database.root);
  follower = openFollower(database);
  await add('50.00');
  await follower.round();
  await add('-10.00');
  await follower.round();
});

afterEach(async () => {
  await follower.close();
  await expectCoherentLedger(database);
  await database.drop();
});

const add = (amount: string) => moveCredit(database.root, { client, amount });

const WHMCS_TABLES = ['tblclients', 'tblcredit', 'tblinvoices', 'tblinvoiceitems', 'tblaccounts'];

async function standing() {
  const [row] = await database.query<Record<string, unknown>>(
    `SELECT s.halted, t.state, t.epoch, (SELECT COUNT(*) FROM mod_creditbridge_entries e WHERE e.epoch = t.epoch) AS entries,
       (SELECT CAST(SUM(balance_hundredths) AS CHAR) FROM mod_creditbridge_accounts a WHERE a.epoch = t.epoch) AS balance
     FROM mod_creditbridge_tail t JOIN mod_creditbridge_settings s ON s.id = 1`,
  );
  return row;
}

async function reason(): Promise<string> {
  const [row] = await database.query<{ halted_reason: string }>(
    'SELECT halted_reason FROM mod_creditbridge_settings',
  );
  return row?.halted_reason ?? '';
}

const click = (word: 'readopt' | 'continue') =>
  database.query('UPDATE mod_creditbridge_settings SET halted = ?', [word]);

async function restart(directory = follower.directory): Promise<void> {
  await follower.close();
  follower = openFollower(database, { directory });
}

describe('a database that was restored with everything in it', () => {
  async function goBack(): Promise<void> {
    const copy = await copyTables(database);
    await add('100.00');
    await follower.round();
    await copy.restore();
  }

  test('is noticed by the service that runs, and nothing is recorded', async () => {
    await goBack();
    await add('7.00');
    expect(await follower.round()).toBe('halted');
    expect(await follower.round()).toBe('halted');
    expect(await standing()).toMatchObject({ halted: 'restored', state: 'stopped', entries: 2 });
    expect(await reason()).toMatch(
      /^The database was put back to an earlier state: its ledger is at round \d+ /,
    );
    await click('continue');
    await follower.round();
  });

  test('is noticed after the service was started again', async () => {
    const copy = await copyTables(database);
    for (let round = 0; round < 6; round++) await follower.round();
    await follower.close();
    await copy.restore();
    follower = openFollower(database, { directory: follower.directory });
    expect(await follower.round()).toBe('halted');
    await click('continue');
    await follower.round();
  });

  test('is adopted anew when the admin says so, by every process', async () => {
    await goBack();
    await follower.round();
    await click('readopt');
    expect(await follower.round()).toBe('followed');
    expect(await standing()).toEqual({
      halted: '',
      state: 'following',
      epoch: 2,
      entries: 2,
      balance: '4000',
    });
    expect(
      await database.query('SELECT why, state FROM mod_creditbridge_epochs ORDER BY epoch'),
    ).toEqual([
      { why: 'first', state: 'done' },
      { why: 'restored', state: 'done' },
    ]);
    await restart();
    expect(await follower.round()).toBe('followed');
  });

  test('is not noticed by a machine that never saw it, which is said by nobody else', async () => {
    await goBack();
    await restart(stateFolder());
    expect(await follower.round()).toBe('followed');
  });
});

describe("WHMCS's tables that were restored alone", () => {
  async function goBack(): Promise<void> {
    const copy = await copyTables(database, WHMCS_TABLES);
    for (const amount of ['100.00', '-30.00', '5.00']) await add(amount);
    await follower.round();
    await copy.restore();
  }

  test('are noticed by the row at the cursor', async () => {
    await goBack();
    expect(await follower.round()).toBe('halted');
    expect(await standing()).toMatchObject({ halted: 'restored', state: 'stopped', entries: 5 });
    expect(await reason()).toBe(
      "Row #5 of tblcredit, the last one that was read, is gone; the newest rows of the ledger, #5 and #4, are gone or others too. A restore of WHMCS's tables looks like this, and so do newest rows that were deleted or edited by hand.",
    );
    await click('continue');
    await follower.round();
  });

  test('are noticed when the ids were given to other rows meanwhile', async () => {
    await goBack();
    for (const amount of ['1.00', '2.00', '3.00', '4.00']) await add(amount);
    await restart();
    expect(await follower.round()).toBe('halted');
    expect(await reason()).toContain('is another one (3.00 for client #');
    await click('continue');
    await follower.round();
  });

  test('are taken as changes by hand when the admin says that nothing was restored', async () => {
    await goBack();
    for (const amount of ['1.00', '2.00']) await add(amount);
    await follower.round();
    await click('continue');
    expect(await follower.round()).toBe('followed');
    expect(await standing()).toMatchObject({
      halted: '',
      state: 'following',
      epoch: 1,
      balance: '4300',
    });
    await add('3.00');
    await restart();
    expect(await follower.round()).toBe('followed');
    expect(await standing()).toMatchObject({ balance: '4600' });
  });

  test('are adopted anew when the admin says so', async () => {
    await goBack();
    await follower.round();
    await click('readopt');
    await follower.round();
    expect(await standing()).toMatchObject({ halted: '', epoch: 2, entries: 2, balance: '4000' });
  });
});

describe('grants of before a restore', () => {
  beforeEach(async () => {
    await follower.close();
    follower = openFollower(database, { directory: follower.directory, explain: promotions });
  });

  /** A row whose text says so is promotional credit with an end; others are not explained. */
  const promotions: ExplainRows = async (_, rows) =>
    new Map(
      rows
        .filter(
          ({ description, amountHundredths }) => description === 'Gift' && amountHundredths > 0n,
        )
        .map(({ id }) => [id, GIFT]),
    );
  const gift = (to: number, amount: string) =>
    moveCredit(database.root, { client: to, amount, description: 'Gift', date: '2026-11-23' });

  async function grants(of: number) {
    return database.query(
      `SELECT kind, opened_on AS opened, expires_on AS expires, rule, CAST(remaining_hundredths AS CHAR) AS remaining
       FROM mod_creditbridge_grants g WHERE client_id = ? AND remaining_hundredths > 0
         AND epoch = (SELECT epoch FROM mod_creditbridge_tail WHERE id = 1) ORDER BY id`,
      [of],
    );
  }

  async function readopted(epoch: number): Promise<void> {
    expect(await follower.round()).toBe('halted');
    await click('readopt');
    expect(await follower.round()).toBe('followed');
    expect(await standing()).toMatchObject({ halted: '', epoch });
    await expectCoherentLedger(database);
  }

  test('are kept with kind and days where they are the whole balance, over one restore and another', async () => {
    await gift(client, '20.00');
    await add('-5.00');
    await follower.round();
    // The log says less than the balance, and less than nothing.
    const above = await addClient(database.root, { credit: '30.00' });
    const below = await addClient(database.root, { credit: '20.00' });
    await logCredit(database.root, { client: below, amount: '-8.00' });
    await click('readopt');
    await follower.round();
    for (const one of [client, above, below]) await gift(one, '4.00');
    await follower.round();
    const before = await Promise.all([client, above, below].map(grants));
    expect(before[0]).toMatchObject([
      { kind: 'opening', remaining: '4000' },
      { kind: 'promotional', expires: '2027-01-31', remaining: '1500' },
      { kind: 'promotional', expires: '2027-01-31', remaining: '400' },
    ]);
    expect(before[1]).toEqual([
      { kind: 'opening', opened: '2026-11-22', expires: null, rule: '', remaining: '3000' },
      {
        kind: 'promotional',
        opened: '2026-11-23',
        expires: '2027-01-31',
        rule: 'gift',
        remaining: '400',
      },
    ]);
    for (const epoch of [3, 4]) {
      const copy = await copyTables(database);
      for (let round = 0; round < 3; round++) await add('100.00');
      await follower.round();
      await copy.restore();
      await readopted(epoch);
      expect(await Promise.all([client, above, below].map(grants))).toEqual(before);
    }
    // They go on as grants do.
    await add('-4.00');
    await follower.round();
    expect(await grants(client)).toMatchObject([
      { kind: 'opening', remaining: '4000' },
      { kind: 'promotional', remaining: '1100' },
      { kind: 'promotional', remaining: '400' },
    ]);
  });

  test('are kept for clients whose balance they still are when only WHMCS went back', async () => {
    const other = await addClient(database.root);
    await gift(other, '6.00');
    await gift(client, '20.00');
    await follower.round();
    const copy = await copyTables(database, WHMCS_TABLES);
    for (const amount of ['100.00', '-30.00', '5.00']) await add(amount);
    await follower.round();
    await copy.restore();
    await readopted(2);
    expect(await grants(other)).toMatchObject([{ kind: 'promotional', remaining: '600' }]);
    // What this client had then is not known any more.
    expect(new Set((await grants(client)).map(({ kind }) => kind))).toEqual(new Set(['opening']));
    const kinds = await database.query(
      `SELECT kind, from_account, reason FROM mod_creditbridge_entries WHERE client_id = ? AND epoch = 2 AND act NOT LIKE '%history%' ORDER BY sequence`,
      [other],
    );
    expect(kinds).toMatchObject([
      { kind: 'restored', from_account: `client:${other}` },
      {
        kind: 'restored',
        from_account: 'restored',
        reason: expect.stringMatching(/^What was left of grant \d+ before the restore\.$/),
      },
    ]);
  });
});

const GIFT: Explained = {
  kind: 'bonus',
  invoiceId: null,
  commandId: null,
  adminId: null,
  evidence: 'text',
  reason: '',
  act: {
    do: 'grant',
    kind: 'promotional',
    startsOn: null,
    expiresOn: '2027-01-31',
    priority: 50,
    refundable: false,
    followsInvoiceId: null,
    rule: 'gift',
    fundsUnfunded: false,
  },
};

test('a single row that is removed by hand halts nothing', async () => {
  await database.query('DELETE FROM tblcredit ORDER BY id DESC LIMIT 1');
  await database.query('UPDATE tblclients SET credit = 50');
  expect(await follower.round()).toBe('followed');
  expect(await standing()).toMatchObject({ halted: '', entries: 3, balance: '5000' });
});

test('several of the newest rows that are removed by hand look like a restore: the admin is asked, and nothing is lost', async () => {
  await add('7.00');
  await follower.round();
  await database.query('DELETE FROM tblcredit ORDER BY id DESC LIMIT 2');
  expect(await follower.round()).toBe('halted');
  expect(await reason()).toContain('and so do newest rows that were deleted or edited by hand.');
  await click('continue');
  expect(await follower.round()).toBe('followed');
  const taken = await database.query(
    'SELECT log_id, kind, reason FROM mod_creditbridge_entries WHERE corrects IS NOT NULL ORDER BY log_id',
  );
  expect(taken).toMatchObject([
    { log_id: 2, reason: 'The row is gone from the credit log.' },
    { log_id: 3, reason: 'The row is gone from the credit log.' },
  ]);
  // The balance was left as it was, which is a difference to be decided about.
  expect(await standing()).toMatchObject({ halted: '', epoch: 1, entries: 5, balance: '5000' });
  await database.query('UPDATE tblclients SET credit = 50');
});

test('the newest rows of a client that is deleted halt nothing', async () => {
  const other = await addClient(database.root);
  for (const amount of ['1.00', '2.00', '3.00']) {
    await moveCredit(database.root, { client: other, amount });
  }
  await follower.round();
  await database.query('DELETE FROM tblcredit WHERE clientid = ?', [other]);
  await database.query('DELETE FROM tblclients WHERE id = ?', [other]);
  expect(await follower.round()).toBe('followed');
  // Closing the account of a client who is gone is the sweeps' affair.
  expect(await standing()).toMatchObject({ halted: '', entries: 5, balance: '4600' });
});
