import type { Db } from '../../db/index.ts';
import type { NotedLimit } from '../../ledger/index.ts';
import { shownAs } from './currencies-of.ts';

/** An id that no operation has: a page costs the same statements whether or not there is an operation on it. */
const NONE = '';

/** What rules said about operations by hand, by operation, in one statement; an operation that no rule limits is not in it. */
export async function notedLimitsOf(
  db: Db,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly NotedLimit[]>> {
  const rows = await db
    .selectFrom('mod_creditbridge_noted_limits as n')
    .leftJoin('tblcurrencies as c', 'c.id', 'n.currency_id')
    .select(['n.operation_id as operationId', 'n.client_id as clientId', 'n.rule', 'n.mode'])
    .select(['n.currency_id as currencyId', 'n.amount_hundredths as amountHundredths'])
    .select(['n.at_most_hundredths as atMostHundredths', 'n.because', 'n.actor'])
    .select(['c.code', 'c.prefix', 'c.suffix', 'c.format'])
    .where('n.operation_id', 'in', [NONE, ...operationIds])
    .orderBy('n.operation_id')
    .orderBy('n.client_id')
    .orderBy('n.rule')
    .execute();
  const noted = rows.map(({ currencyId, code, prefix, suffix, format, ...row }) => ({
    ...row,
    currency: shownAs(currencyId, { code, prefix, suffix, format }),
  }));
  return Map.groupBy(noted, ({ operationId }) => operationId);
}
