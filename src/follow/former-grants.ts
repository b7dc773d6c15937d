import { sql, type Transaction } from 'kysely';
import { type AccountKey, accountKey, grantsWhere } from '../books/index.ts';
import type { Database } from '../db/index.ts';
import type { Grant } from '../ledger/index.ts';

/**
 * Reads what is left of grants in the last epoch that was fully adopted, by account, for clients above `after` and up to
 * `upTo`. Accounts with an unfunded part are left out: their grants are not their whole balance.
 */
export async function formerGrants(
  trx: Transaction<Database>,
  epoch: number,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<ReadonlyMap<AccountKey, readonly Grant[]>> {
  const former = await trx
    .selectFrom('mod_creditbridge_epochs')
    .select(({ fn }) => fn.max('epoch').as('epoch'))
    .where('epoch', '<', epoch)
    .where('state', '=', 'done')
    .executeTakeFirst();
  if (former === undefined || former.epoch === null) return new Map();
  const rows = await grantsWhere(
    trx,
    sql`g.client_id > ${after} AND g.client_id <= ${upTo} AND g.epoch = ${former.epoch}
      AND g.remaining_hundredths > 0
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_unfunded u WHERE u.client_id = g.client_id
        AND u.currency_id = g.currency_id AND u.epoch = g.epoch)`,
  );
  const grouped = Map.groupBy(rows, accountKey);
  return new Map([...grouped].map(([key, own]) => [key, own.map(({ grant }) => grant)]));
}
