import type { Db } from '../db/index.ts';
import type { Account } from '../ledger/index.ts';
import { currentEpoch } from './read-page.ts';

/** The accounts of one client in the current epoch: one for each currency the client ever had. */
export async function readAccounts(db: Db, clientId: number): Promise<readonly Account[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_accounts')
    .select(['client_id as clientId', 'currency_id as currencyId', 'is_open as isOpen'])
    .select(['balance_hundredths as balanceHundredths'])
    .select(['remaining_hundredths as remainingHundredths'])
    .select(['unfunded_hundredths as unfundedHundredths'])
    .where('client_id', '=', clientId)
    .where('epoch', '=', currentEpoch)
    .orderBy('currency_id')
    .execute();
  return rows.map((row) => ({ ...row, isOpen: row.isOpen === 1 }));
}
