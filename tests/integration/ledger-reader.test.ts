import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  findEntry,
  findGrant,
  listEntries,
  listGrants,
  readAccounts,
  readEpoch,
  readLiability,
} from '../../src/books/index.ts';
import { connect } from '../../src/db/index.ts';
import {
  type EntryFilter,
  type Liability,
  liabilityNotes,
  type RecordedEntry,
} from '../../src/ledger/index.ts';
import { countWork } from '../support/counted-work.ts';
import { type Evening, type SeededLedger, seedLedger } from '../support/seed-ledger.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
// One connection: what is asked last on it tells that all before was counted.
const db = connect(database.serviceUrl, 1);
let seeded: SeededLedger;

beforeAll(async () => {
  expect(await readEpoch(db)).toBeUndefined();
  expect(await readLiability(db, '2025-06-01')).toBeUndefined();
  seeded = await seedLedger(database, {
    clients: 60,
    historyDays: 420,
    ledgerDays: 130,
    perDay: 0.15,
  });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test.each([
  ['its first day', 0],
  ['a month into the history', 40],
  ['a year into the history', 400],
  ['the last day of the history', 419],
  ['the day of adoption', 420],
  ['a day after it', 421],
  ['three months after it', 520],
  ['its last day', 549],
])('the liability at the end of %s is what was left that evening', async (_name, at) => {
  const [day, evening] = [...seeded.evenings][at] ?? [];
  const liability = await readLiability(db, day ?? '');
  expect(asEvening(liability)).toEqual(asPlain(evening));
  expect(liability?.basis).toBe(at < 420 ? 'history' : 'grants');
  expect(liability && liabilityNotes(liability)).toHaveLength(at < 420 ? 2 : 1);
});

test('a list of entries goes on without gap or repeat, newest first, whatever it is narrowed to', async () => {
  const [clientId = 0] = seeded.clientIds.filter((id) => id % 7 === 0);
  const mine = await database.query<{ sequence: number; kind: string; logged_on: string }>(
    'SELECT sequence, kind, logged_on FROM mod_creditbridge_entries WHERE client_id = ? ORDER BY sequence DESC',
    [clientId],
  );
  const all = await collect({ clientId });
  expect(all.map(({ sequence }) => Number(sequence))).toEqual(mine.map(({ sequence }) => sequence));
  expect(new Set(all.map(({ currencyId }) => currencyId)).size).toBe(2);

  const filter = { clientId, kind: 'deposit', fromDay: seeded.adoptedOn } as const;
  const deposits = mine.filter(
    ({ kind, logged_on }) => kind === 'deposit' && logged_on >= seeded.adoptedOn,
  );
  expect((await collect(filter)).length).toBe(deposits.length);
  expect((await collect({})).length).toBe(seeded.entries);
  const [spend] = await listEntries(db, { kind: 'invoice' }, undefined, 1).then(({ rows }) => rows);
  const ofInvoice = await collect({ invoiceId: spend?.invoiceId ?? 0 });
  expect(ofInvoice).toEqual([spend]);
  expect(await collect({ clientId: 1 })).toEqual([]);
});

test('an entry tells what it drew and what no grant covers, a grant what was drawn from it', async () => {
  const [row] = await database.query<{ sequence: number; amount: number }>(
    'SELECT sequence, amount_hundredths AS amount FROM mod_creditbridge_unfunded LIMIT 1',
  );
  const entry = await findEntry(db, BigInt(row?.sequence ?? 0));
  expect(entry?.unfundedHundredths).toBe(BigInt(row?.amount ?? 0));
  const drawn = entry?.drawDowns.reduce((sum, { amountHundredths }) => sum + amountHundredths, 0n);
  expect(entry?.entry.amountHundredths).toBe((drawn ?? 0n) + (entry?.unfundedHundredths ?? 0n));

  const { rows: grants } = await listGrants(db, { remainingOnly: true }, undefined, 50);
  for (const grant of grants) {
    const detail = await findGrant(db, grant.id);
    const used = detail?.drawDowns.reduce(
      (sum, { amountHundredths }) => sum + amountHundredths,
      0n,
    );
    expect(grant.amountHundredths - grant.remainingHundredths).toBe(used);
  }
  expect(await findEntry(db, 10n ** 12n)).toBeUndefined();
  expect(await findGrant(db, 10n ** 12n)).toBeUndefined();
});

test('grants of a client are those with something left, or all; accounts add them up', async () => {
  for (const clientId of seeded.clientIds.slice(0, 10)) {
    const some = await listGrants(db, { clientId, remainingOnly: true }, undefined, 500);
    const all = await listGrants(db, { clientId }, undefined, 500);
    expect(all.rows.filter(({ remainingHundredths }) => remainingHundredths > 0n)).toEqual(
      some.rows,
    );
    for (const account of await readAccounts(db, clientId)) {
      const mine = some.rows.filter(({ currencyId }) => currencyId === account.currencyId);
      const left = mine.reduce((sum, { remainingHundredths }) => sum + remainingHundredths, 0n);
      expect(account.remainingHundredths).toBe(left);
      expect(account.balanceHundredths).toBe(left - account.unfundedHundredths);
    }
  }
});

test('a list of one client goes by an index and reads no more than a screenful', async () => {
  const readWork = await countWork(database, new URL(database.serviceUrl).username);
  const rowsRead = async () => {
    // A statement is counted after it was answered, and before the next of its connection.
    await sql`DO 0`.execute(db);
    return (await readWork()).rows;
  };
  const clientId = seeded.clientIds[0];
  const before = await rowsRead();
  await listEntries(db, { clientId }, undefined, 10);
  await listEntries(db, {}, undefined, 10);
  await listGrants(db, { clientId }, undefined, 10);
  await readAccounts(db, clientId ?? 0);
  expect((await rowsRead()) - before).toBeLessThan(400);
});

async function collect(filter: EntryFilter): Promise<RecordedEntry[]> {
  const found: RecordedEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await listEntries(db, filter, cursor, 7 + (found.length % 90));
    found.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

function asEvening(liability: Liability | undefined) {
  const totals = liability?.totals ?? [];
  return {
    left: Object.fromEntries(
      (liability?.parts ?? []).map((part) => [
        `${part.currencyId} ${part.kind} ${part.age}`,
        part.remainingHundredths,
      ]),
    ),
    balances: Object.fromEntries(totals.map((one) => [one.currencyId, one.balanceHundredths])),
    unfunded: Object.fromEntries(totals.map((one) => [one.currencyId, one.unfundedHundredths])),
  };
}

function asPlain(evening: Evening | undefined) {
  return {
    left: Object.fromEntries(evening?.left ?? []),
    balances: Object.fromEntries(evening?.balances ?? []),
    unfunded: Object.fromEntries(evening?.unfunded ?? []),
  };
}
