import type { Transaction } from 'kysely';
import { StorageError } from '../base/index.ts';
import type { Database } from '../db/index.ts';
import {
  type Act,
  counterAccount,
  type Entry,
  type EntryDraft,
  type LedgerSettings,
  loadsFor,
  openBook,
  type Posting,
} from '../ledger/index.ts';
import { currentLedgerSettings } from '../settings/index.ts';
import { dayIn, readToday } from '../today/index.ts';
import { lockAccounts, sumsAfter, writeAccounts } from './accounts.ts';
import { type Account, accountKey, loadBooks } from './load-books.ts';
import { lockTail } from './lock-tail.ts';
import { mergeChanges } from './merge-changes.ts';
import { resolveActs } from './resolve-acts.ts';
import { writeChanges } from './write-changes.ts';
import { writeEntries } from './write-entries.ts';

export interface RecordOptions {
  readonly at: Date;
  /** The leader's; absent when an admin's act or a sweep writes. */
  readonly fence?: bigint;
}

/** An entry on its way into the ledger. */
export interface Prepared {
  readonly draft: EntryDraft;
  readonly entry: Entry;
  readonly posting: Posting;
}

/**
 * The only way into the ledger: gives each draft its sequence, posts it to its account's book and writes entries, grants,
 * draw-downs and sums. Call it inside a transaction. It locks the tail's row first; callers that lock more must lock that row
 * before. The number of statements does not grow with the drafts.
 *
 * @throws {StorageError} `leader-replaced`; `ledger-not-following` before adoption and while the ledger is stopped.
 * @throws {LedgerError} when a draft cannot be posted; `ledger-incoherent` when the sums of an account would contradict each other.
 */
export async function recordEntries(
  trx: Transaction<Database>,
  drafts: readonly EntryDraft[],
  { at, fence }: RecordOptions,
): Promise<readonly Entry[]> {
  if (drafts.length === 0) return [];
  const { epoch, state, nextSequence } = await lockTail(trx, fence);
  if (state !== 'following') throw notFollowing(state);
  const { version, settings } = await currentLedgerSettings(trx);
  const acts = await resolveActs(trx, epoch, drafts, nextSequence);
  const today = await dayWithoutRow(trx, drafts, at);
  const prepared = drafts.map((draft, index) => {
    const sequence = nextSequence + BigInt(index);
    return prepare(draft, { epoch, version, sequence, act: acts(draft), today });
  });
  const after = await post(trx, prepared, epoch, settings);
  await writeEntries(
    trx,
    prepared.map(({ entry, draft }) => ({ entry, sha256: draft.row?.sha256 ?? null })),
    at,
  );
  await writeChanges(trx, epoch, after);
  await writeAccounts(trx, epoch, after);
  await trx
    .updateTable('mod_creditbridge_tail')
    .set({ next_sequence: nextSequence + BigInt(drafts.length) })
    .where('id', '=', 1)
    .execute();
  return prepared.map(({ entry }) => entry);
}

/** WHMCS's day, for entries that mirror no row; null when each of these does. */
async function dayWithoutRow(
  trx: Transaction<Database>,
  drafts: readonly EntryDraft[],
  at: Date,
): Promise<string | null> {
  if (drafts.every(({ row }) => row !== null)) return null;
  const { zone } = await readToday(trx);
  return dayIn(zone, at);
}

/** Posts each account's entries to its book, in their order. */
async function post(
  trx: Transaction<Database>,
  prepared: readonly Prepared[],
  epoch: number,
  settings: LedgerSettings,
) {
  const groups = [...Map.groupBy(prepared, ({ draft }) => accountKey(draft)).values()];
  const accounts = await lockAccounts(trx, epoch, groups.map(accountOf));
  const loads = groups.map((own) => ({
    ...accountOf(own),
    ...loadsFor(own.map(({ posting }) => posting)),
  }));
  const earlier = new Set(prepared.map(({ entry }) => entry.sequence));
  const books = await loadBooks(trx, epoch, {
    accounts,
    entries: loads.flatMap(({ entries }) => entries.filter((one) => !earlier.has(one))),
    invoices: loads.flatMap(({ clientId, invoiceIds }) =>
      invoiceIds.map((invoiceId) => ({ clientId, invoiceId })),
    ),
  });
  return groups.map((own) => {
    const key = accountKey(accountOf(own));
    const book = books.get(key);
    const sums = accounts.find((one) => accountKey(one) === key);
    if (book === undefined || sums === undefined) throw new TypeError(`No account ${key}.`);
    const open = openBook(book);
    const postings = own.map(({ posting }) => posting);
    const changes = mergeChanges(postings.map((one) => open.post(one, settings)));
    return { ...sumsAfter(sums, postings, book, changes), ...changes };
  });
}

function accountOf(own: readonly Prepared[]): Account {
  const [first] = own;
  if (first === undefined) throw new TypeError('A group without entries.');
  return { clientId: first.draft.clientId, currencyId: first.draft.currencyId };
}

interface Given {
  readonly epoch: number;
  readonly version: number;
  readonly sequence: bigint;
  readonly act: Act;
  /** The day of an entry without a row. */
  readonly today: string | null;
}

function prepare(draft: EntryDraft, { epoch, version, sequence, act, today }: Given): Prepared {
  const { clientId, currencyId, direction, amountHundredths, explained, row, corrects } = draft;
  const { kind, invoiceId, commandId, adminId, evidence, reason } = explained;
  const own = `client:${clientId}`;
  const other = counterAccount(kind, invoiceId);
  const on = row === null ? today : row.on;
  const entry = {
    sequence,
    epoch,
    clientId,
    currencyId,
    amountHundredths,
    kind,
    act,
    corrects,
    invoiceId,
    commandId,
    adminId,
    evidence,
    reason,
    settingsVersion: version,
    fromAccount: direction === 'in' ? other : own,
    toAccount: direction === 'in' ? own : other,
    logId: row?.id ?? null,
    revision: row?.revision ?? 0,
    loggedOn: on,
    description: row?.description ?? '',
  };
  const posting = { sequence, direction, amountHundredths, on, invoiceId, commandId, act };
  return { draft, entry, posting };
}

function notFollowing(state: string): StorageError {
  return new StorageError(
    'ledger-not-following',
    `The ledger takes no entries while it is '${state}'; it must have adopted the balances and follow the log.`,
    { retry: true },
  );
}
