import type { Db } from '../db/index.ts';
import type { ClientGrant, EntryFilter, GrantFilter, RecordedEntry } from '../ledger/index.ts';
import { selectEntries, toEntry } from './read-entries.ts';
import { selectGrants, toGrant } from './read-grants.ts';
import { isOfCurrentEpoch } from './read-page.ts';

/**
 * Whole lists, oldest first, in parts, so memory does not grow with them. Each part is a query of its own behind the last row,
 * so no transaction stays open. What comes after the beginning is left out, so a list has an end. Entries never change; a
 * grant is as it is when its part is read.
 */

/** Rows read at once: large enough that round trips don't count, some megabytes at most. */
const ROWS_AT_ONCE = 2_000;

export async function* readAllEntries(
  db: Db,
  { clientId, invoiceId, kind, fromDay, toDay }: EntryFilter,
): AsyncIterable<readonly RecordedEntry[]> {
  const end = await db
    .selectFrom('mod_creditbridge_tail')
    .select('next_sequence')
    .where('id', '=', 1)
    .executeTakeFirst();
  for (let after = 0n; ; ) {
    const rows = await selectEntries(db)
      .where(isOfCurrentEpoch('e'))
      .where('e.sequence', '>', after)
      .where('e.sequence', '<', end?.next_sequence ?? 0n)
      .$if(clientId !== undefined, (q) => q.where('e.client_id', '=', clientId ?? 0))
      .$if(invoiceId !== undefined, (q) => q.where('e.invoice_id', '=', invoiceId ?? 0))
      .$if(kind !== undefined, (q) => q.where('e.kind', '=', kind ?? ''))
      .$if(fromDay !== undefined, (q) => q.where('e.logged_on', '>=', fromDay ?? ''))
      .$if(toDay !== undefined, (q) => q.where('e.logged_on', '<=', toDay ?? ''))
      .orderBy('e.sequence')
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length > 0) yield rows.map(toEntry);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.sequence;
  }
}

export async function* readAllGrants(
  db: Db,
  { clientId, kind, remainingOnly = false }: GrantFilter,
): AsyncIterable<readonly ClientGrant[]> {
  for (let after = 0n; ; ) {
    const rows = await selectGrants(db)
      .where(isOfCurrentEpoch('g'))
      .where('g.id', '>', after)
      .$if(clientId !== undefined, (q) => q.where('g.client_id', '=', clientId ?? 0))
      .$if(kind !== undefined, (q) => q.where('g.kind', '=', kind ?? ''))
      .$if(remainingOnly, (q) => q.where('g.remaining_hundredths', '>', 0n))
      .orderBy('g.id')
      .limit(ROWS_AT_ONCE)
      .execute();
    if (rows.length > 0) yield rows.map(toGrant);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = last.id;
  }
}
