import type { Db } from '../../db/index.ts';
import { type DecisionRow, selectDecisions } from '../queries/decisions.ts';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_LOOKED_THROUGH,
  ROWS_SHOWN,
  toFilteredListing,
  toListing,
} from '../queries/paging.ts';

export interface DecisionFilter {
  readonly rule?: string;
  readonly outcome?: string;
  readonly clientId?: number;
  readonly invoiceId?: number;
}

/** Decisions, last made first. A client's or an invoice's come by their index, others by the index `last_at`. */
export async function listDecisions(
  db: Db,
  filter: DecisionFilter,
  after: Cursor,
): Promise<Listing<DecisionRow>> {
  return filter.clientId !== undefined || filter.invoiceId !== undefined
    ? ofTarget(db, filter, after)
    : ofAll(db, filter, after);
}

async function ofTarget(
  db: Db,
  filter: DecisionFilter,
  after: Cursor,
): Promise<Listing<DecisionRow>> {
  const [id] = decodeCursor(after, 1) ?? [];
  const rows = await selectDecisions(db)
    .$if(filter.clientId !== undefined, (q) => q.where('d.client_id', '=', filter.clientId ?? 0))
    .$if(filter.invoiceId !== undefined, (q) => q.where('d.invoice_id', '=', filter.invoiceId ?? 0))
    .$if(filter.rule !== undefined, (q) => q.where('d.rule', '=', filter.rule ?? ''))
    .$if(filter.outcome !== undefined, (q) => q.where('d.outcome', '=', filter.outcome ?? ''))
    .$if(id !== undefined, (q) => q.where('d.id', '<', id ?? ''))
    .orderBy('d.id', 'desc')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => encodeCursor(row.id));
}

async function ofAll(db: Db, filter: DecisionFilter, after: Cursor): Promise<Listing<DecisionRow>> {
  const [at, id] = decodeCursor(after, 2) ?? [];
  // Selects only what the index holds, so that MySQL reads the index from its end instead of sorting the table.
  const window = db
    .selectFrom('mod_creditbridge_decisions')
    .select(['id', 'last_at'])
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        and([
          eb('last_at', '<=', at ?? ''),
          or([eb('last_at', '<', at ?? ''), eb('id', '<', id ?? '')]),
        ]),
      ),
    )
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc');
  const cursorOf = (row: DecisionRow) => encodeCursor(row.lastAt, row.id);
  if (filter.rule === undefined && filter.outcome === undefined) {
    const rows = await selectDecisions(db)
      .innerJoin(window.limit(ROWS_SHOWN + 1).as('w'), 'w.id', 'd.id')
      .orderBy('w.last_at', 'desc')
      .orderBy('w.id', 'desc')
      .execute();
    return toListing(rows, cursorOf);
  }
  const [rows, end] = await Promise.all([
    selectDecisions(db)
      .innerJoin(window.limit(ROWS_LOOKED_THROUGH).as('w'), 'w.id', 'd.id')
      .$if(filter.rule !== undefined, (q) => q.where('d.rule', '=', filter.rule ?? ''))
      .$if(filter.outcome !== undefined, (q) => q.where('d.outcome', '=', filter.outcome ?? ''))
      .orderBy('w.last_at', 'desc')
      .orderBy('w.id', 'desc')
      .limit(ROWS_SHOWN + 1)
      .execute(),
    window
      .limit(1)
      .offset(ROWS_LOOKED_THROUGH - 1)
      .executeTakeFirst(),
  ]);
  return toFilteredListing(rows, cursorOf, {
    end: end === undefined ? undefined : encodeCursor(end.last_at, end.id),
  });
}
