import type { Db } from '../db/index.ts';
import { type GrantKind, readGrantKind } from '../ledger/index.ts';
import { currentEpoch } from './read-page.ts';

/** What is left of a client's grants of one kind. */
export interface AccountPart {
  readonly clientId: number;
  readonly currencyId: number;
  readonly kind: GrantKind;
  readonly remainingHundredths: bigint;
}

/** What is left of the grants of these clients, by currency and kind, in the current epoch. What has nothing left is left out. */
export async function readParts(
  db: Db,
  clientIds: readonly number[],
): Promise<readonly AccountPart[]> {
  if (clientIds.length === 0) return [];
  const rows = await db
    .selectFrom('mod_creditbridge_grants')
    .select(['client_id as clientId', 'currency_id as currencyId', 'kind'])
    .select(({ fn }) => fn.sum<string>('remaining_hundredths').as('remaining'))
    .where('client_id', 'in', clientIds)
    .where('epoch', '=', currentEpoch)
    .where('remaining_hundredths', '>', 0n)
    .groupBy(['client_id', 'currency_id', 'kind'])
    .orderBy('client_id')
    .orderBy('currency_id')
    .orderBy('kind')
    .execute();
  return rows.map(({ remaining, kind, ...row }) => ({
    ...row,
    kind: readGrantKind(kind),
    remainingHundredths: BigInt(remaining),
  }));
}
