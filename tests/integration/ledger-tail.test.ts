import { afterEach, beforeEach, expect, test } from 'vitest';
import { WhmcsError } from '../../src/base/errors.ts';
import { acceptedDifference, recordEntries } from '../../src/books/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import {
  NAMED_GRANTS_MAX,
  plainTerms,
  type RecordedEntry,
  readAct,
} from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { logCredit, moveCredit } from '../support/log-rows.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { type FollowerOptions, type OpenFollower, openFollower } from '../support/open-follower.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies, addDeposit, addPayment } from '../support/whmcs-rows.ts';

let database: ServiceDatabase;
let follower: OpenFollower;
let client: number;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(database.root);
  client = await addClient(database.root);
  follower = openFollower(database);
  expect(await follower.round()).toBe('followed');
});

afterEach(async () => {
  await follower.close();
  await expectCoherentLedger(database);
  await database.drop();
});

interface Mirrored {
  readonly log_id: number | null;
  readonly revision: number;
  readonly hundredths: string;
}

/** Entries with the sign they have for the client. */
async function entries(): Promise<readonly Mirrored[]> {
  return database.query<Mirrored>(
    `SELECT log_id, revision,
       CAST(IF(from_account LIKE 'client:%', -amount_hundredths, amount_hundredths) AS CHAR) AS hundredths
     FROM mod_creditbridge_entries ORDER BY sequence`,
  );
}

async function reopen(options: FollowerOptions = {}): Promise<void> {
  await follower.close();
  follower = openFollower(database, options);
}

const add = (amount: string, description?: string) =>
  moveCredit(database.root, { client, amount, ...(description && { description }) });

test('mirrors every row once, in the order of their id', async () => {
  const ids = [await add('50.00'), await add('-20.00'), await add('0.01')];
  await follower.round();
  await follower.round();
  expect(await entries()).toEqual([
    { log_id: ids[0], revision: 0, hundredths: '5000' },
    { log_id: ids[1], revision: 0, hundredths: '-2000' },
    { log_id: ids[2], revision: 0, hundredths: '1' },
  ]);
});

test.each([
  ['WHMCS', 0],
  ['staff', 1],
])(
  'a reversal by %s whose money is committed after its row is recognised at the next look',
  async (_, admin) => {
    const { root } = database;
    await moveCredit(root, { client, amount: '10.00', description: 'A gift' });
    const deposit = await addDeposit(root, { client, total: '50.00', status: 'Paid' });
    await root.query("UPDATE tblinvoices SET datepaid = '2026-11-22 10:00:00' WHERE id = ?", [
      deposit,
    ]);
    await addPayment(root, { client, invoice: deposit, amountIn: '50.00' });
    await add('50.00', `Add Funds Invoice #${deposit}`);
    await follower.round();
    const taken = await add('-50.00', 'Taken back');
    await root.query('UPDATE tblcredit SET admin_id = ? WHERE id = ?', [admin, taken]);
    const other = await add('-1.00', 'By hand');
    await follower.round();
    const kinds = () =>
      database.query(
        `SELECT log_id AS log, revision, kind FROM mod_creditbridge_entries
       WHERE log_id IN (?, ?) ORDER BY sequence`,
        [taken, other],
      );
    const before = [
      { log: taken, revision: 0, kind: admin === 0 ? 'unknown' : 'manual' },
      { log: other, revision: 0, kind: 'manual' },
    ];
    expect(await kinds()).toEqual(before);
    await addPayment(root, { client, invoice: deposit, amountOut: '50.00' });
    await follower.round();
    await follower.round();
    expect(await kinds()).toEqual([
      ...before,
      { log: taken, revision: 1, kind: before[0]?.kind },
      { log: taken, revision: 2, kind: 'reversal' },
    ]);
    expect(
      await database.query(
        'SELECT kind, CAST(remaining_hundredths AS CHAR) AS left_of_it FROM mod_creditbridge_grants ORDER BY id',
      ),
    ).toEqual([
      { kind: 'adjustment', left_of_it: '900' },
      { kind: 'paid', left_of_it: '0' },
    ]);
  },
);

test('needs no entry for a row over nothing', async () => {
  await add('0.00');
  await add('1.00');
  const last = await add('0.00');
  await follower.round();
  expect(await entries()).toHaveLength(1);
  // It was seen, so nobody waits for the ledger because of it.
  expect(await database.query('SELECT cursor_log_id AS id FROM mod_creditbridge_tail')).toEqual([
    { id: last },
  ]);
});

test.each([0, -1])(
  'needs no entry for a row of no client (%i), and goes on behind it',
  async (nobody) => {
    await logCredit(database.root, { client: nobody, amount: '5.00' });
    await follower.round();
    const strayed = await add('10.00');
    await logCredit(database.root, { client: nobody, amount: '-3.00' });
    await follower.round();
    await database.query('UPDATE tblcredit SET clientid = ? WHERE id = ?', [nobody, strayed]);
    await database.query('UPDATE tblclients SET credit = 0');
    await follower.round();
    await follower.round();
    expect(await entries()).toEqual([
      { log_id: strayed, revision: 0, hundredths: '1000' },
      { log_id: strayed, revision: 1, hundredths: '-1000' },
    ]);
  },
);

test('finds a new row soon, although no hook told of it and its next round is far', async () => {
  await reopen({ pollMs: 3_600_000 });
  follower.start();
  const first = await add('3.00');
  await expect.poll(entries).toMatchObject([{ log_id: first }]);
  const second = await add('4.00');
  await expect.poll(entries).toMatchObject([{ log_id: first }, { log_id: second }]);
});

test('finds a row whose smaller id commits after a larger one was read', async () => {
  const slow = await database.root.getConnection();
  await slow.beginTransaction();
  const other = await addClient(slow);
  const late = await moveCredit(slow, { client: other, amount: '7.00' });
  const early = await add('5.00');
  expect(late).toBeLessThan(early);
  await follower.round();
  expect(await entries()).toEqual([{ log_id: early, revision: 0, hundredths: '500' }]);
  await slow.commit();
  slow.release();
  await follower.round();
  await follower.round();
  expect(await entries()).toEqual([
    { log_id: early, revision: 0, hundredths: '500' },
    { log_id: late, revision: 0, hundredths: '700' },
  ]);
});

test('takes back a row that was edited, and mirrors it anew', async () => {
  await add('50.00');
  const id = await add('10.00');
  await add('1.00');
  await follower.round();
  await database.query('UPDATE tblcredit SET amount = 12.00 WHERE id = ?', [id]);
  await database.query('UPDATE tblclients SET credit = 63.00 WHERE id = ?', [client]);
  await follower.round();
  await follower.round();
  expect((await entries()).filter(({ log_id }) => log_id === id)).toEqual([
    { log_id: id, revision: 0, hundredths: '1000' },
    { log_id: id, revision: 1, hundredths: '-1000' },
    { log_id: id, revision: 2, hundredths: '1200' },
  ]);
});

test('follows a row to another client', async () => {
  const other = await addClient(database.root);
  const id = await add('10.00');
  await follower.round();
  await database.query('UPDATE tblcredit SET clientid = ? WHERE id = ?', [other, id]);
  await database.query('UPDATE tblclients SET credit = IF(id = ?, 10, 0)', [other]);
  await follower.round();
  const balances = await database.query(
    'SELECT client_id, balance_hundredths FROM mod_creditbridge_accounts ORDER BY client_id',
  );
  expect(balances).toEqual([
    { client_id: client, balance_hundredths: 0 },
    { client_id: other, balance_hundredths: 1000 },
  ]);
});

test('takes back a row that vanished, and mirrors it again when it is back', async () => {
  const id = await add('10.00');
  await add('-4.00');
  await follower.round();
  const remove = async () => {
    await database.query('DELETE FROM tblcredit WHERE id = ?', [id]);
    await database.query('UPDATE tblclients SET credit = credit - 10 WHERE id = ?', [client]);
    await follower.round();
    await follower.round();
  };
  await remove();
  // What was spent of it has no grant any more.
  expect(
    await database.query(
      'SELECT CAST(SUM(amount_hundredths) AS CHAR) AS n FROM mod_creditbridge_unfunded',
    ),
  ).toEqual([{ n: '400' }]);
  await moveCredit(database.root, { client, amount: '10.00', id });
  await follower.round();
  await remove();
  expect((await entries()).filter(({ log_id }) => log_id === id)).toEqual([
    { log_id: id, revision: 0, hundredths: '1000' },
    { log_id: id, revision: 1, hundredths: '-1000' },
    { log_id: id, revision: 2, hundredths: '1000' },
    { log_id: id, revision: 3, hundredths: '-1000' },
  ]);
});

test('finds by the daily comparison what changed far behind the window', async () => {
  const ids = [await add('10.00'), await add('20.00')];
  await follower.round();
  await moveCredit(database.root, { client, amount: '1.00', id: 500_000 });
  await follower.round();
  await database.query('UPDATE tblcredit SET amount = 11.00 WHERE id = ?', [ids[0]]);
  await database.query('DELETE FROM tblcredit WHERE id = ?', [ids[1]]);
  await database.query('UPDATE tblclients SET credit = 12.00 WHERE id = ?', [client]);
  await follower.round();
  expect(await entries()).toHaveLength(3);
  await database.query(
    'UPDATE mod_creditbridge_tail SET compared_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR',
  );
  // Five parts of 20 000 ids in each round.
  for (let round = 0; round < 7; round++) await follower.round();
  expect((await entries()).slice(3)).toEqual([
    { log_id: ids[0], revision: 1, hundredths: '-1000' },
    { log_id: ids[1], revision: 1, hundredths: '-2000' },
    { log_id: ids[0], revision: 2, hundredths: '1100' },
  ]);
  const [tail] = await database.query<{ done: number }>(
    'SELECT compare_log_id = 0 AND compared_at > UTC_TIMESTAMP(6) - INTERVAL 1 HOUR AS done FROM mod_creditbridge_tail',
  );
  expect(tail?.done).toBe(1);
});

test('records more rows than one batch holds', async () => {
  await database.query(
    `INSERT INTO tblcredit (clientid, date, description, amount)
     SELECT ?, '2026-11-22', 'Many', IF(seq % 3 = 0, -1, 1) FROM ${numbersTo(1700)} ORDER BY seq`,
    [client],
  );
  await database.query('UPDATE tblclients SET credit = (SELECT SUM(amount) FROM tblcredit)');
  await follower.round();
  expect(await entries()).toHaveLength(1700);
});

test('goes on where a batch broke off, without a row twice or none', async () => {
  const ids = [await add('10.00'), await add('20.00')];
  await reopen({
    explain: async () => {
      throw new WhmcsError('evidence-unreadable', 'The evidence could not be read.');
    },
  });
  await expect(follower.round()).rejects.toThrow('The evidence could not be read.');
  expect(await entries()).toEqual([]);
  await reopen();
  await follower.round();
  expect((await entries()).map(({ log_id }) => log_id)).toEqual(ids);
});

test('records as unexplained what cannot be posted as it is explained', async () => {
  const ids = [await add('10.00'), await add('-3.00'), await add('5.00')];
  await reopen({
    explain: async (_trx, rows) =>
      new Map(
        rows.map(({ id }) => [
          id,
          {
            kind: 'bonus',
            evidence: 'text',
            reason: '',
            invoiceId: null,
            commandId: null,
            adminId: null,
            // Credit that went is no grant.
            act: {
              do: 'grant',
              kind: 'promotional',
              rule: '',
              refundable: false,
              startsOn: null,
              expiresOn: null,
              priority: 100,
              followsInvoiceId: null,
              fundsUnfunded: false,
            },
          },
        ]),
      ),
  });
  await follower.round();
  expect(
    await database.query('SELECT log_id, kind FROM mod_creditbridge_entries ORDER BY sequence'),
  ).toEqual([
    { log_id: ids[0], kind: 'bonus' },
    { log_id: ids[1], kind: 'unknown' },
    { log_id: ids[2], kind: 'bonus' },
  ]);
});

test.each<[string, (id: number) => number | null]>([
  [
    'breaks explaining',
    () => {
      throw new RangeError('Invalid time value');
    },
  ],
  ['names an invoice that no column holds', () => 2 ** 40],
])(
  'records a row that %s as unexplained, and the others as what they are',
  async (_, invoiceOf) => {
    const ids = [await add('10.00'), await add('5.00'), await add('3.00')];
    await reopen({
      explain: async (_trx, rows) =>
        new Map(
          rows.map(({ id }) => [
            id,
            {
              kind: 'refund',
              evidence: 'text',
              reason: '',
              invoiceId: id === ids[1] ? invoiceOf(id) : null,
              commandId: null,
              adminId: null,
              act: { do: 'grant', ...plainTerms('refund'), fundsUnfunded: false },
            },
          ]),
        ),
    });
    expect(await follower.round()).toBe('followed');
    expect(
      await database.query('SELECT log_id, kind FROM mod_creditbridge_entries ORDER BY sequence'),
    ).toEqual([
      { log_id: ids[0], kind: 'refund' },
      { log_id: ids[1], kind: 'unknown' },
      { log_id: ids[2], kind: 'refund' },
    ]);
  },
);

test('a row with a number that no invoice can have, or a day that no calendar has, holds up nothing', async () => {
  await add('10.00', 'Overpayment #9999999999');
  const odd = await add('5.00', 'Overpayment');
  await database.root.query(
    "UPDATE tblcredit SET admin_id = 0, date = IF(id = ?, '2026-11-00', date)",
    [odd],
  );
  expect(await follower.round()).toBe('followed');
  expect(
    await database.query(
      'SELECT kind, evidence, invoice_id, logged_on FROM mod_creditbridge_entries ORDER BY sequence',
    ),
  ).toEqual([
    { kind: 'overpayment', evidence: 'text', invoice_id: null, logged_on: '2026-11-22' },
    { kind: 'overpayment', evidence: 'text', invoice_id: null, logged_on: null },
  ]);
});

test('a reversal of a payment that gave credit more often than an act can name is posted and can be read', async () => {
  const invoice = await addDeposit(database.root, { client, total: '50.00', status: 'Paid' });
  const given: number[] = [];
  for (let count = 0; count < NAMED_GRANTS_MAX + 2; count++) given.push(await add('1.00'));
  const taken = await add('-10.00');
  await reopen({
    explain: async (_trx, rows) =>
      new Map(
        rows.map(({ id }) => [
          id,
          {
            kind: id === taken ? 'reversal' : 'overpayment',
            evidence: 'payment',
            reason: '',
            invoiceId: invoice,
            commandId: null,
            adminId: null,
            act:
              id === taken
                ? { do: 'reverse-rows', logIds: given }
                : { do: 'grant', ...plainTerms('paid'), fundsUnfunded: false },
          },
        ]),
      ),
  });
  expect(await follower.round()).toBe('followed');
  const [reversal] = await database.query<{ act: string }>(
    "SELECT act FROM mod_creditbridge_entries WHERE kind = 'reversal'",
  );
  const act = readAct(reversal?.act ?? '');
  expect(act.do === 'reverse' && act.grants).toHaveLength(NAMED_GRANTS_MAX);
  // The newest are gone, and nothing is owed.
  expect(
    await database.query(
      'SELECT COUNT(*) AS used, MIN(id) > ? AS newest FROM mod_creditbridge_grants WHERE remaining_hundredths = 0',
      [given.length - 10],
    ),
  ).toEqual([{ used: 10, newest: 1 }]);
  expect(await database.query('SELECT * FROM mod_creditbridge_unfunded')).toEqual([]);
});

test('an entry without a row counts on WHMCS’s day, also while UTC has another', async () => {
  await add('10.00');
  await follower.round();
  const told = { adminId: 3, reason: 'Found' };
  const draft = acceptedDifference({ clientId: client, currencyId: 1 }, 500n, 'adjustment', told);
  if (draft === null) throw new Error('There is a difference.');
  // Half past midnight in Berlin.
  const at = new Date('2026-11-22T23:30:00Z');
  await inTransaction(follower.db, (trx) => recordEntries(trx, [draft], { at }));
  await database.query('UPDATE tblclients SET credit = credit + 5 WHERE id = ?', [client]);
  expect(
    await database.query(
      "SELECT e.logged_on, g.opened_on FROM mod_creditbridge_entries e JOIN mod_creditbridge_grants g ON g.id = e.sequence WHERE e.kind = 'difference'",
    ),
  ).toEqual([{ logged_on: '2026-11-23', opened_on: '2026-11-23' }]);
});

test('leaves out a client whose rows cannot even be recorded as unexplained; the others go on, and it is tried again', async () => {
  const other = await addClient(database.root);
  const before = await add('10.00');
  await follower.round();
  // The stored sums contradict each other, so every posting for this client is refused.
  const shift = (by: number) =>
    database.query(
      'UPDATE mod_creditbridge_accounts SET remaining_hundredths = remaining_hundredths + ? WHERE client_id = ?',
      [by, client],
    );
  await shift(1);
  const broken = [await add('1.00'), await add('2.00')];
  const good = await moveCredit(database.root, { client: other, amount: '4.00' });
  const last = await add('3.00');
  expect(await follower.round()).toBe('followed');
  expect((await entries()).map(({ log_id }) => log_id)).toEqual([before, good]);
  const named = await database.query(
    'SELECT fact, client_id, outcome, text FROM mod_creditbridge_findings',
  );
  expect(named).toEqual([
    {
      fact: `set-aside:credit-log:${client}`,
      client_id: client,
      outcome: 'open',
      text: expect.stringMatching(
        /^Following the credit log fails for client #\d+ \(ledger-incoherent\)/,
      ),
    },
  ]);
  // Its rows count as read, so nobody waits for them.
  expect(await database.query('SELECT cursor_log_id AS at FROM mod_creditbridge_tail')).toEqual([
    { at: last },
  ]);

  await shift(-1);
  const later = await moveCredit(database.root, { client: other, amount: '5.00' });
  await follower.round();
  expect((await entries()).map(({ log_id }) => log_id)).toEqual([before, good, later]);
  await database.query(
    'UPDATE mod_creditbridge_tail SET compared_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR',
  );
  await follower.round();
  await follower.round();
  expect((await entries()).map(({ log_id }) => log_id)).toEqual([
    before,
    good,
    later,
    ...broken,
    last,
  ]);
  expect(await database.query('SELECT fact FROM mod_creditbridge_findings')).toEqual([]);
});

test('moves the account of a client whose currency was changed', async () => {
  await add('10.00');
  await add('-15.00');
  await add('25.00');
  await follower.round();
  await database.query('UPDATE tblclients SET currency = 2 WHERE id = ?', [client]);
  await add('1.00');
  await follower.round();
  expect(
    await database.query(
      'SELECT currency_id, balance_hundredths FROM mod_creditbridge_accounts ORDER BY currency_id',
    ),
  ).toEqual([
    { currency_id: 1, balance_hundredths: 0 },
    { currency_id: 2, balance_hundredths: 2100 },
  ]);
});

test('says what was recorded once, and again after a crash before the mark moved', async () => {
  const told: bigint[] = [];
  const announce = async (some: readonly RecordedEntry[]) => {
    told.push(...some.map(({ sequence }) => sequence));
    if (told.length === 2) throw new Error('The rules broke off.');
  };
  await reopen({ announce });
  await add('10.00');
  await add('20.00');
  await expect(follower.round()).rejects.toThrow('The rules broke off.');
  await follower.round();
  await follower.round();
  expect(told).toEqual([1n, 2n, 1n, 2n]);
});

test('keeps rows of clients that are gone', async () => {
  await logCredit(database.root, { client: 999, amount: '3.00' });
  await logCredit(database.root, { client: 999, amount: '-3.00' });
  await follower.round();
  expect(
    await database.query(
      'SELECT currency_id, COUNT(*) AS n FROM mod_creditbridge_entries GROUP BY 1',
    ),
  ).toEqual([{ currency_id: 0, n: 2 }]);
});
