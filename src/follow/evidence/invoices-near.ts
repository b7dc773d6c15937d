import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { type About, dayPlus } from './near.ts';

/** A batch has some hundred clients with a few invoices on its days. Beyond this, rows stay unexplained rather than slow. */
const NEAR_MAX = 5000;

/** Reads the ids of these clients' invoices that were created or paid on those days, or are unpaid. */
export async function invoicesNear(
  trx: Transaction<Database>,
  { clientIds, from, to }: About,
): Promise<readonly number[]> {
  const rows = await trx
    .selectFrom('tblinvoices')
    .select('id')
    .where('userid', 'in', clientIds)
    .where((where) =>
      where.or([
        where('status', '=', 'Unpaid'),
        where.between('date', from, to),
        where.and([where('datepaid', '>=', from), where('datepaid', '<', dayPlus(to, 1))]),
      ]),
    )
    .orderBy('id')
    .limit(NEAR_MAX)
    .execute();
  return rows.map(({ id }) => id);
}
