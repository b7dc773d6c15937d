import type { Transaction } from 'kysely';
import { z } from 'zod';
import { doubtOfMerge } from '../../books/index.ts';
import type { Database } from '../../db/index.ts';
import type { MergeProof } from '../../ledger/index.ts';
import { type About, dayPlus } from './near.ts';

/**
 * Reads merges into these clients that a hook told of (whmcs.md §2.7, §4.5) and that WHMCS's rows do not contradict. Its
 * time is UTC and a row's day is local, hence the extra days.
 */
export async function mergesNear(
  trx: Transaction<Database>,
  near: About,
): Promise<readonly MergeProof[]> {
  const { clientIds, from, to } = near;
  const rows = await trx
    .selectFrom('mod_creditbridge_deliveries')
    .select(['client_id', 'fired_at', 'item'])
    .where('client_id', 'in', clientIds)
    .where('type', '=', 'AfterClientMerge')
    .where('fired_at', '>=', dayPlus(from, -1))
    .where('fired_at', '<', dayPlus(to, 2))
    .orderBy('fired_at')
    .execute();
  const noted = rows.some(({ item }) => item === null) ? await notedMerges(trx, near) : [];
  const proofs = [...noted];
  for (const { client_id: toClientId, fired_at, item } of rows) {
    const fromClientId = mergedClient(item);
    if (toClientId === null || fromClientId === null) continue;
    const isNoted = noted.some((one) => one.fromClientId === fromClientId);
    if (isNoted || (await doubtOfMerge(trx, { fromClientId, toClientId })) !== null) continue;
    proofs.push({ clientId: toClientId, fromClientId, on: fired_at.slice(0, 10) });
  }
  return proofs;
}

/** Merges whose delivery has lost its content with time. They were compared with WHMCS's rows when they were noted. */
async function notedMerges(trx: Transaction<Database>, { clientIds, from, to }: About) {
  const rows = await trx
    .selectFrom('mod_creditbridge_findings')
    .select(['client_id', 'other_client_id', 'found_at'])
    .where('other_client_id', 'in', clientIds)
    .where('kind', '=', 'merged')
    .where('found_at', '>=', dayPlus(from, -1))
    .where('found_at', '<', dayPlus(to, 2))
    .orderBy('found_at')
    .execute();
  return rows.flatMap(({ client_id: fromClientId, other_client_id: clientId, found_at }) =>
    fromClientId === null || clientId === null
      ? []
      : [{ clientId, fromClientId, on: found_at.slice(0, 10) }],
  );
}

const mergeItem = z.object({ data: z.object({ fromUserID: z.coerce.number().int().positive() }) });

/** The client who was merged; null when the item is pruned or cannot be read. */
function mergedClient(item: string | null): number | null {
  try {
    return mergeItem.safeParse(JSON.parse(item ?? 'null')).data?.data.fromUserID ?? null;
  } catch {
    return null;
  }
}
