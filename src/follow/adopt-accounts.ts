import { sql, type Transaction } from 'kysely';
import {
  type Account,
  type AccountSums,
  accountKey,
  type EntryToWrite,
  lockTail,
  mergeChanges,
  NOTHING_YET,
  sumsAfter,
  writeAccounts,
  writeChanges,
  writeEntries,
} from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { type Book, openBook, openingGrants, type Posting } from '../ledger/index.ts';
import { currentLedgerSettings } from '../settings/index.ts';
import { formerGrants } from './former-grants.ts';
import { openingEntries, postingOf } from './opening-entries.ts';

/** Entries read for one batch of accounts; a single client with more is read as a whole. */
const BATCH_ENTRIES = 10_000;

export interface OpenOptions {
  /** The leader's. */
  readonly fence: bigint;
  readonly at: () => Date;
}

interface HistoryRow extends Account {
  readonly sequence: bigint;
  readonly fromAccount: string;
  readonly amountHundredths: bigint;
  readonly on: string | null;
  readonly invoiceId: number | null;
}

/**
 * Opens the accounts of the next clients: grants of kind `opening` for what their history leaves, one entry for the
 * difference between log and balance, and after a restore the former grants where they are the whole balance. When all
 * accounts are open, the ledger starts to follow.
 *
 * @returns how many accounts were opened; 0 at the end
 */
export async function openAccounts(db: Db, { fence, at }: OpenOptions): Promise<number> {
  return inTransaction(db, async (trx) => {
    const tail = await lockTail(trx, fence);
    const { epoch } = tail;
    const { after, on, state } = await trx
      .selectFrom('mod_creditbridge_epochs')
      .select(['cursor_client_id as after', 'adopted_on as on', 'state'])
      .where('epoch', '=', epoch)
      .executeTakeFirstOrThrow();
    if (state !== 'opening') return 0;
    const batch = await readBatch(trx, epoch, after);
    if (batch === undefined) {
      await finish(trx, epoch, tail.nextSequence);
      return 0;
    }
    const { version, settings } = await currentLedgerSettings(trx);
    const former = await formerGrants(trx, epoch, { after, upTo: batch.upTo });
    let next = tail.nextSequence;
    const entries: EntryToWrite[] = [];
    const opened = batch.accounts.map(({ account, history, credit }) => {
      const postings = history.map(toPosting);
      const opening = openingGrants(postings);
      const sum = postings.reduce((total, one) => total + signed(one), 0n);
      const own = openingEntries(
        account,
        { sum, credit, former: former.get(accountKey(account)) ?? [] },
        { epoch, version, on },
        next,
      );
      next += BigInt(own.length);
      entries.push(...own.map((entry) => ({ entry, sha256: null })));
      const book = openBook({
        grants: new Map(opening.grants.map((grant) => [grant.id, grant])),
        spends: new Map(opening.spends.map((spend) => [spend.sequence, spend])),
        drawDowns: [],
      });
      const posted = own.map(postingOf);
      const changes = mergeChanges([opening, ...posted.map((one) => book.post(one, settings))]);
      const sums: AccountSums = { ...account, ...NOTHING_YET, openingHundredths: credit - sum };
      return { ...sumsAfter(sums, [...postings, ...posted], NO_BOOK, changes), ...changes };
    });
    await writeEntries(trx, entries, at());
    await writeChanges(trx, epoch, opened);
    await writeAccounts(trx, epoch, opened);
    await sql`UPDATE mod_creditbridge_epochs SET cursor_client_id = ${batch.upTo}
      WHERE epoch = ${epoch}`.execute(trx);
    await trx
      .updateTable('mod_creditbridge_tail')
      .set({ next_sequence: next })
      .where('id', '=', 1)
      .execute();
    return opened.length;
  });
}

const NO_BOOK: Book = { grants: new Map(), spends: new Map(), drawDowns: [] };

interface AccountsBatch {
  /** The last client of the batch. */
  readonly upTo: number;
  readonly accounts: readonly {
    readonly account: Account;
    readonly history: readonly HistoryRow[];
    readonly credit: bigint;
  }[];
}

async function readBatch(
  trx: Transaction<Database>,
  epoch: number,
  after: number,
): Promise<AccountsBatch | undefined> {
  const read = await readHistory(trx, epoch, sql`e.client_id > ${after}`, BATCH_ENTRIES);
  const credits = await readCredits(trx, epoch, after);
  const lastEntry = read.at(-1)?.clientId;
  const lastCredit = credits.at(-1)?.clientId;
  if (lastEntry === undefined && lastCredit === undefined) return undefined;
  let history = read;
  let upTo = Math.max(lastEntry ?? 0, lastCredit ?? 0);
  if (credits.length === BATCH_ENTRIES) upTo = Math.min(upTo, lastCredit ?? upTo);
  if (read.length === BATCH_ENTRIES && lastEntry !== undefined) {
    // The last client may have more entries: it is left to the next batch, unless it is the only one.
    const isAlone = read[0]?.clientId === lastEntry;
    if (isAlone) history = await readHistory(trx, epoch, sql`e.client_id = ${lastEntry}`);
    upTo = Math.min(upTo, isAlone ? lastEntry : lastEntry - 1);
  }
  const byAccount = Map.groupBy(
    history.filter(({ clientId }) => clientId <= upTo),
    accountKey,
  );
  const credit = new Map(
    credits
      .filter(({ clientId }) => clientId <= upTo)
      .map((one) => [accountKey(one), one] as const),
  );
  const accounts = new Map<string, Account>([
    ...[...byAccount].flatMap(([key, [first]]) =>
      first === undefined ? [] : [[key, first] as const],
    ),
    ...credit,
  ]);
  return {
    upTo,
    accounts: [...accounts].map(([, { clientId, currencyId }]) => {
      const account = { clientId, currencyId };
      const key = accountKey(account);
      return {
        account,
        history: byAccount.get(key) ?? [],
        credit: credit.get(key)?.hundredths ?? 0n,
      };
    }),
  };
}

async function readHistory(
  trx: Transaction<Database>,
  epoch: number,
  condition: ReturnType<typeof sql>,
  limit?: number,
): Promise<readonly HistoryRow[]> {
  const end = limit === undefined ? sql`` : sql`LIMIT ${sql.lit(limit)}`;
  const { rows } = await sql<HistoryRow>`
    SELECT e.client_id AS clientId, e.currency_id AS currencyId, e.sequence,
      e.from_account AS fromAccount, e.amount_hundredths AS amountHundredths, e.logged_on AS \`on\`,
      e.invoice_id AS invoiceId
    FROM mod_creditbridge_entries e FORCE INDEX (client)
    WHERE ${condition} AND e.epoch = ${epoch} AND e.does = 'history'
    ORDER BY e.client_id, e.currency_id, e.sequence ${end}`.execute(trx);
  return rows;
}

async function readCredits(
  trx: Transaction<Database>,
  epoch: number,
  after: number,
): Promise<readonly (Account & { readonly hundredths: bigint })[]> {
  const rows = await trx
    .selectFrom('mod_creditbridge_accounts')
    .select(['client_id as clientId', 'currency_id as currencyId'])
    .select('opening_hundredths as hundredths')
    .where('epoch', '=', epoch)
    .where('is_open', '=', 0)
    .where('client_id', '>', after)
    .orderBy('client_id')
    .limit(BATCH_ENTRIES)
    .execute();
  return rows;
}

function toPosting(row: HistoryRow): Posting {
  const { clientId, sequence, amountHundredths, on, invoiceId, fromAccount } = row;
  const direction = fromAccount === `client:${clientId}` ? 'out' : 'in';
  return {
    sequence,
    direction,
    amountHundredths,
    on,
    invoiceId,
    commandId: null,
    act: { do: 'history' },
  };
}

function signed({ direction, amountHundredths }: Posting): bigint {
  return direction === 'in' ? amountHundredths : -amountHundredths;
}

async function finish(trx: Transaction<Database>, epoch: number, next: bigint): Promise<void> {
  await sql`UPDATE mod_creditbridge_epochs SET state = 'done', adopted_at = UTC_TIMESTAMP(6)
    WHERE epoch = ${epoch}`.execute(trx);
  await sql`UPDATE mod_creditbridge_tail SET state = 'following', announced_sequence = ${next - 1n},
    looked_at = UTC_TIMESTAMP(6) WHERE id = 1`.execute(trx);
}
