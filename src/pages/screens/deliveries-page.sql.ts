import type { Db } from '../../db/index.ts';
import { DELIVERY_COLUMNS, type DeliveryRow } from '../queries/deliveries.ts';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_SHOWN,
  toListing,
} from '../queries/paging.ts';

export interface DeliveryFilter {
  readonly outcome?: string;
  readonly clientId?: number;
  readonly invoiceId?: number;
}

/**
 * Deliveries, newest first, by the indexes `received_at` and `outcome`; those of a client or an invoice by theirs, in the
 * order in which they were made (their ids are UUIDv7).
 */
export async function listDeliveries(
  db: Db,
  filter: DeliveryFilter,
  after: Cursor,
): Promise<Listing<DeliveryRow>> {
  const start = db.selectFrom('mod_creditbridge_deliveries as d').select(DELIVERY_COLUMNS);
  if (filter.clientId !== undefined || filter.invoiceId !== undefined) {
    const [id] = decodeCursor(after, 1) ?? [];
    const rows = await start
      .$if(filter.clientId !== undefined, (q) => q.where('d.client_id', '=', filter.clientId ?? 0))
      .$if(filter.invoiceId !== undefined, (q) =>
        q.where('d.invoice_id', '=', filter.invoiceId ?? 0),
      )
      .$if(filter.outcome !== undefined, (q) => q.where('d.outcome', '=', filter.outcome ?? ''))
      .$if(id !== undefined, (q) => q.where('d.id', '<', id ?? ''))
      .orderBy('d.id', 'desc')
      .limit(ROWS_SHOWN + 1)
      .execute();
    return toListing(rows, (row) => encodeCursor(row.id));
  }
  const [at, id] = decodeCursor(after, 2) ?? [];
  const rows = await start
    .$if(filter.outcome !== undefined, (q) => q.where('d.outcome', '=', filter.outcome ?? ''))
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        and([
          // This alone bounds the index range; the pair after it orders rows of the same time.
          eb('d.received_at', '<=', at ?? ''),
          or([eb('d.received_at', '<', at ?? ''), eb('d.id', '<', id ?? '')]),
        ]),
      ),
    )
    .orderBy('d.received_at', 'desc')
    .orderBy('d.id', 'desc')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => encodeCursor(row.receivedAt, row.id));
}
