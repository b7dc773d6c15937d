import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_SHOWN,
  toListing,
} from '../queries/paging.ts';

export interface DriftRow {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly firstSeenAt: UtcText;
  readonly lastSeenAt: UtcText;
}

/** Open differences, the oldest first. */
export async function listDrifts(db: Db, after: Cursor): Promise<Listing<DriftRow>> {
  const [at, id] = decodeCursor(after, 2) ?? [];
  const rows = await db
    .selectFrom('mod_creditbridge_drifts')
    .select(['client_id as clientId', 'currency_id as currencyId'])
    .select(['whmcs_hundredths as whmcsHundredths', 'ledger_hundredths as ledgerHundredths'])
    .select(['first_seen_at as firstSeenAt', 'last_seen_at as lastSeenAt'])
    .where('state', '=', 'open')
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        or([
          eb('first_seen_at', '>', at ?? ''),
          and([eb('first_seen_at', '=', at ?? ''), eb('client_id', '>', Number(id))]),
        ]),
      ),
    )
    .orderBy('first_seen_at')
    .orderBy('client_id')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => encodeCursor(row.firstSeenAt, row.clientId));
}
