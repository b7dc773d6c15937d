import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { recordEntries } from '../../src/books/index.ts';
import { connect } from '../../src/db/index.ts';
import {
  act,
  DEFAULT_LEDGER_SETTINGS,
  type EntryDraft,
  openBook,
  type Replayed,
} from '../../src/ledger/index.ts';
import { type CoherenceOptions, expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { entriesOf, randomLife } from '../support/random-postings.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

const AT = new Date('2026-11-22T12:00:00Z');
const ON = '2026-11-22';
const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);
let clientId = 0;

beforeEach(async () => {
  for (const table of ['entries', 'accounts', 'grants', 'draw_downs', 'unfunded', 'drifts']) {
    await database.query(`DELETE FROM mod_creditbridge_${table}`);
  }
  await database.query('DELETE FROM tblcredit');
  await database.query('DELETE FROM tblclients');
  await database.query(
    "UPDATE mod_creditbridge_tail SET epoch = 1, state = 'following', next_sequence = 1, cursor_log_id = 0",
  );
  clientId = await addClient(database.root);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Records entries as somebody would who follows the log. */
async function record(...drafts: readonly EntryDraft[]): Promise<void> {
  await db.transaction().execute((trx) => recordEntries(trx, drafts, { at: AT }));
}

function draft(
  direction: 'in' | 'out',
  amountHundredths: bigint,
  terms: Readonly<Record<string, unknown>>,
  more: Partial<EntryDraft> & { readonly invoiceId?: number | null } = {},
): EntryDraft {
  const { invoiceId = null, ...rest } = more;
  return {
    clientId,
    currencyId: 1,
    direction,
    amountHundredths,
    row: null,
    corrects: null,
    explained: {
      kind: 'manual',
      invoiceId,
      commandId: null,
      adminId: null,
      evidence: 'none',
      reason: '',
      act: act.parse(terms),
    },
    ...rest,
  };
}

/** Credit of 10.00 and 4.00 of it spent, in WHMCS's log, its balance and the ledger. */
async function followALog(): Promise<void> {
  await database.query(
    `INSERT INTO tblcredit (id, clientid, date, description, amount) VALUES
       (5, ?, '${ON}', 'Deposit', 10.00), (6, ?, '${ON}', 'Invoice', -4.00), (9, ?, '${ON}', 'Late', 1.00)`,
    [clientId, clientId, clientId],
  );
  await database.query('UPDATE tblclients SET credit = 6.00 WHERE id = ?', [clientId]);
  await database.query('UPDATE mod_creditbridge_tail SET cursor_log_id = 6');
  const row = (id: number) => ({
    id,
    revision: 0,
    on: ON,
    description: '',
    sha256: Buffer.alloc(32),
  });
  await record(
    draft('in', 1_000n, { do: 'grant', kind: 'paid' }, { row: row(5) }),
    draft('out', 400n, { do: 'spend' }, { row: row(6), invoiceId: 812 }),
  );
}

async function problems(options?: CoherenceOptions): Promise<string> {
  return expectCoherentLedger(database, options).then(
    () => '',
    (error: Error) => error.message,
  );
}

test('a ledger that mirrors its log and explains the balance is coherent', async () => {
  await expectCoherentLedger(database);
  await followALog();
  await expectCoherentLedger(database);
});

test('random lives recorded in batches are coherent after every batch', async () => {
  for (const life of fc.sample(randomLife, { numRuns: 12, seed: 20_261_122 })) {
    await database.query('DELETE FROM mod_creditbridge_entries');
    for (const table of ['accounts', 'grants', 'draw_downs', 'unfunded']) {
      await database.query(`DELETE FROM mod_creditbridge_${table}`);
    }
    await database.query('UPDATE mod_creditbridge_tail SET next_sequence = 1');
    const book = openBook({ grants: new Map(), spends: new Map(), drawDowns: [] });
    const entries: Replayed[] = [];
    let batch: EntryDraft[] = [];
    for (const step of life.steps) {
      for (const entry of entriesOf({ ...step, on: null }, entries, book.state())) {
        book.post({ ...entry, on: ON }, DEFAULT_LEDGER_SETTINGS);
        entries.push(entry);
        const corrects = entry.act.do === 'correct' ? entry.act.corrects : null;
        const { direction, amountHundredths, invoiceId } = entry;
        const one = draft(direction, amountHundredths, { do: 'return' }, { corrects, invoiceId });
        batch.push({ ...one, explained: { ...one.explained, act: entry.act } });
      }
      if (batch.length < 4) continue;
      await record(...batch);
      await expectCoherentLedger(database, { caughtUp: false });
      batch = [];
    }
    await record(...batch);
    await expectCoherentLedger(database, { caughtUp: false });
    const [stored] = await database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM mod_creditbridge_entries',
    );
    expect(stored?.n).toBe(entries.length);
  }
});

test.each([
  [
    'an account that says another balance',
    'accounts SET balance_hundredths = 500',
    'its balance is 500',
  ],
  [
    'a sum of grants that is not theirs',
    'accounts SET remaining_hundredths = 500',
    'its remainder is 500',
  ],
  [
    'a grant with another remainder',
    'grants SET remaining_hundredths = 500',
    'by its draw-downs 600',
  ],
  ['a grant above its amount', 'grants SET remaining_hundredths = 1100', 'has 1100 of 1000'],
  ['a grant of another kind', "grants SET kind = 'promotional'", 'replay gives other grants'],
  ['a draw-down over too much', 'draw_downs SET amount_hundredths = 500', 'drew 500'],
  [
    'a draw-down of nobody',
    'draw_downs SET spend_sequence = 77',
    'joins what is not of one account',
  ],
  [
    'an entry of another amount',
    'entries SET amount_hundredths = 900 WHERE sequence = 1',
    'reads otherwise',
  ],
  [
    'an entry between two clients',
    "entries SET from_account = 'client:1' WHERE sequence = 1",
    'not to one client',
  ],
  ['a gap in the sequences', 'entries SET sequence = 8 WHERE sequence = 2', 'have 2 entries'],
  ['a sequence that will be given again', 'tail SET next_sequence = 2', 'the next is said to be 2'],
  [
    'a correction of what never was',
    'entries SET revision = 1 WHERE sequence = 2',
    'does not follow',
  ],
  ['a row of the log that is missing', 'tail SET cursor_log_id = 9', 'is not in the ledger'],
])('%s is found', async (_name, change, expected) => {
  await followALog();
  await database.query(`UPDATE mod_creditbridge_${change}`);
  expect(await problems()).toContain(expected);
});

test.each([
  ['edited', 'UPDATE tblcredit SET amount = 11.00 WHERE id = 5', 'reads otherwise than entry 1'],
  [
    'moved to another day',
    "UPDATE tblcredit SET date = '2026-11-21' WHERE id = 5",
    'reads otherwise',
  ],
  ['deleted', 'DELETE FROM tblcredit WHERE id = 6', 'stands for log row 6, which is gone'],
])(
  'a row of the log that was %s is found once the tail has seen everything',
  async (_name, change, expected) => {
    await followALog();
    await database.query(change);
    expect(await problems()).toContain(expected);
    expect(await problems({ caughtUp: false })).toBe('');
  },
);

test('a balance that nothing explains is found, unless a drift is open for it', async () => {
  await followALog();
  await database.query('UPDATE tblclients SET credit = 7.50 WHERE id = ?', [clientId]);
  expect(await problems()).toContain('has 7.50 in WHMCS, and in the ledger 6.0000');
  await database.query(
    `INSERT INTO mod_creditbridge_drifts VALUES (?, 1, 'open', 750, 600, '${ON}', '${ON}')`,
    [clientId],
  );
  await expectCoherentLedger(database);
});
