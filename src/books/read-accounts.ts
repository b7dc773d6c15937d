import type { Db } from '../db/index.ts';
import type { Account } from '../ledger/index.ts';
import { currentEpoch } from './read-page.ts';

/** The accounts of one client in the current epoch: one for each currency the client ever had. */
export function readAccounts(db: Db, clientId: number): Promise<readonly Account[]> {
  return readAccountsOf(db, [clientId]);
}

/** The same of some clients. */
export async function readAccountsOf(
  db: Db,
  clientIds: readonly number[],
): Promise<readonly Account[]> {
  if (clientIds.length === 0) return [];
  const rows = await db
    .selectFrom('mod_creditbridge_accounts')
    .select(['client_id as clientId', 'currency_id as currencyId', 'is_open as isOpen'])
    .select(['balance_hundredths as balanceHundredths'])
    .select(['remaining_hundredths as remainingHundredths'])
    .select(['unfunded_hundredths as unfundedHundredths'])
    .where('client_id', 'in', clientIds)
    .where('epoch', '=', currentEpoch)
    .orderBy('client_id')
    .orderBy('currency_id')
    .execute();
  return rows.map((row) => ({ ...row, isOpen: row.isOpen === 1 }));
}
