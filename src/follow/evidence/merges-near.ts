import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { MergeProof } from '../../ledger/index.ts';
import { type About, dayPlus } from './near.ts';

/** Reads merges into these clients that a hook told of (whmcs.md §2.7, §4.5). Its time is UTC and a row's day is local, hence the extra days. */
export async function mergesNear(
  trx: Transaction<Database>,
  { clientIds, from, to }: About,
): Promise<readonly MergeProof[]> {
  const rows = await trx
    .selectFrom('mod_creditbridge_deliveries')
    .select(['client_id', 'fired_at'])
    .where('client_id', 'in', clientIds)
    .where('type', '=', 'AfterClientMerge')
    .where('fired_at', '>=', dayPlus(from, -1))
    .where('fired_at', '<', dayPlus(to, 2))
    .orderBy('fired_at')
    .execute();
  return rows.flatMap(({ client_id, fired_at }) =>
    client_id === null ? [] : [{ clientId: client_id, on: fired_at.slice(0, 10) }],
  );
}
