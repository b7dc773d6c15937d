import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { OrderFacts } from '../rules/index.ts';
import { readDate } from './dates.ts';

/** Reads the orders of these clients, newest first. */
export async function ordersOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, readonly OrderFacts[]>> {
  const rows = await trx
    .selectFrom('tblorders')
    .select(['id', 'userid', 'invoiceid', 'status', 'date'])
    .where('userid', 'in', clientIds)
    .orderBy('id', 'desc')
    .execute();
  const orders = new Map<number, OrderFacts[]>();
  for (const { id, userid, invoiceid, status, date } of rows) {
    const known = orders.get(userid) ?? [];
    if (known.length === 0) orders.set(userid, known);
    known.push({
      id,
      status,
      isFraud: status === 'Fraud',
      orderedOn: readDate(date),
      invoiceId: invoiceid === 0 ? null : invoiceid,
    });
  }
  return orders;
}
