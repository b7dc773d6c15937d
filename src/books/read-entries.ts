import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/index.ts';
import {
  type EntryDetail,
  type EntryFilter,
  type ReadCursor,
  type ReadListing,
  type RecordedEntry,
  readEntryKind,
  readEvidence,
  readStoredAct,
} from '../ledger/index.ts';
import { drawDownsOfEntry } from './read-draw-downs.ts';
import { currentEpoch, ROWS_LOOKED_THROUGH, readSequence, toPage } from './read-page.ts';

/**
 * Entries, newest first. An index finds those of a client or an invoice; for what else the filter asks, the next
 * {@link ROWS_LOOKED_THROUGH} of them are looked through, and the list goes on from there.
 */
export async function listEntries(
  db: Db,
  filter: EntryFilter,
  cursor: ReadCursor,
  limit: number,
): Promise<ReadListing<RecordedEntry>> {
  const { clientId, invoiceId, kind, fromDay, toDay } = filter;
  const looksThrough =
    [kind, fromDay, toDay].some((one) => one !== undefined) ||
    (clientId !== undefined && invoiceId !== undefined);
  const size = looksThrough ? ROWS_LOOKED_THROUGH : limit + 1;
  const window = await findWindow(db, filter, readSequence(cursor), size);
  const [rows, looked] = await Promise.all([
    selectEntries(db)
      .innerJoin(window.as('w'), 'w.sequence', 'e.sequence')
      .where('e.epoch', '=', currentEpoch)
      .$if(clientId !== undefined, (q) => q.where('e.client_id', '=', clientId ?? 0))
      .$if(kind !== undefined, (q) => q.where('e.kind', '=', kind ?? ''))
      .$if(fromDay !== undefined, (q) => q.where('e.logged_on', '>=', fromDay ?? ''))
      .$if(toDay !== undefined, (q) => q.where('e.logged_on', '<=', toDay ?? ''))
      .orderBy('e.sequence', 'desc')
      .limit(limit + 1)
      .execute(),
    looksThrough ? lastOf(db, window, size) : undefined,
  ]);
  const page = toPage(rows.map(toEntry), limit, ({ sequence }) => sequence);
  return { ...page, next: page.next ?? looked };
}

type Window = RawBuilder<{ readonly sequence: bigint; readonly epoch: number }>;

/** The newest rows that an index finds, as a table; a client has one range of its index for each currency. */
async function findWindow(
  db: Db,
  { clientId, invoiceId }: EntryFilter,
  before: bigint,
  size: number,
): Promise<Window> {
  const part = (where: RawBuilder<unknown>) =>
    sql`(SELECT sequence, epoch FROM mod_creditbridge_entries WHERE ${where} AND sequence < ${before} ORDER BY sequence DESC LIMIT ${size})`;
  if (invoiceId !== undefined) return sql`${part(sql`invoice_id = ${invoiceId}`)}`;
  if (clientId === undefined) return sql`${part(sql`TRUE`)}`;
  const accounts = await db
    .selectFrom('mod_creditbridge_accounts')
    .select('currency_id')
    .where('client_id', '=', clientId)
    .execute();
  const parts = accounts.map(({ currency_id }) =>
    part(sql`client_id = ${clientId} AND currency_id = ${currency_id}`),
  );
  return parts.length === 0
    ? sql`${part(sql`FALSE`)}`
    : sql`(${sql.join(parts, sql` UNION ALL `)} ORDER BY sequence DESC LIMIT ${size})`;
}

/** The oldest row looked at, unless that was all there is in this epoch; older epochs have smaller sequences. */
async function lastOf(db: Db, window: Window, size: number): Promise<ReadCursor> {
  const found = await db
    .selectFrom(window.as('w'))
    .select(({ fn }) => [
      fn.min('w.sequence').as('last'),
      fn.min('w.epoch').as('epoch'),
      fn.countAll<bigint>().as('count'),
      currentEpoch.as('current'),
    ])
    .executeTakeFirstOrThrow();
  const isAll = Number(found.count) < size || found.epoch !== found.current;
  return isAll ? undefined : String(found.last);
}

/** These entries, in their order. */
export async function entriesOf(
  db: Db,
  sequences: readonly bigint[],
): Promise<readonly RecordedEntry[]> {
  if (sequences.length === 0) return [];
  const rows = await selectEntries(db)
    .where('e.sequence', 'in', sequences)
    .orderBy('e.sequence')
    .execute();
  return rows.map(toEntry);
}

/** An entry with what it drew. */
export async function findEntry(db: Db, sequence: bigint): Promise<EntryDetail | undefined> {
  const [row, draws, unfunded, correction] = await Promise.all([
    selectEntries(db).where('e.sequence', '=', sequence).executeTakeFirst(),
    drawDownsOfEntry(db, sequence),
    db
      .selectFrom('mod_creditbridge_unfunded')
      .select('amount_hundredths as hundredths')
      .where('sequence', '=', sequence)
      .executeTakeFirst(),
    db
      .selectFrom('mod_creditbridge_entries')
      .select('sequence')
      .where('corrects', '=', sequence)
      .orderBy('sequence')
      .executeTakeFirst(),
  ]);
  if (row === undefined) return undefined;
  return {
    entry: toEntry(row),
    ...draws,
    unfundedHundredths: unfunded?.hundredths ?? 0n,
    correctedBy: correction?.sequence ?? null,
  };
}

/** The columns of an entry with the names they have in the ledger. */
export function selectEntries(db: Db) {
  return db
    .selectFrom('mod_creditbridge_entries as e')
    .select(['e.sequence', 'e.epoch', 'e.client_id as clientId', 'e.currency_id as currencyId'])
    .select(['e.from_account as fromAccount', 'e.to_account as toAccount', 'e.kind', 'e.act'])
    .select(['e.amount_hundredths as amountHundredths', 'e.settings_version as settingsVersion'])
    .select(['e.log_id as logId', 'e.revision', 'e.corrects', 'e.invoice_id as invoiceId'])
    .select(['e.command_id as commandId', 'e.admin_id as adminId', 'e.evidence'])
    .select(['e.logged_on as loggedOn', 'e.description', 'e.reason'])
    .select('e.recorded_at as recordedAt');
}

type EntryRow = Awaited<ReturnType<ReturnType<typeof selectEntries>['execute']>>[number];

export function toEntry(row: EntryRow): RecordedEntry {
  return {
    ...row,
    kind: readEntryKind(row.kind),
    evidence: readEvidence(row.evidence),
    act: readStoredAct(row.act),
  };
}
