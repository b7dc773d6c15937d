import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { type About, dayPlus } from './near.ts';

/** A batch has some hundred clients with a few invoices on its days. Beyond this, rows stay unexplained rather than slow. */
const NEAR_MAX = 5000;

/** Reads the ids of these clients' invoices that were created or paid on those days or a day around them, or are unpaid. */
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
        where.between('date', dayPlus(from, -1), dayPlus(to, 1)),
        where.and([
          where('datepaid', '>=', dayPlus(from, -1)),
          where('datepaid', '<', dayPlus(to, 2)),
        ]),
      ]),
    )
    .orderBy('id')
    .limit(NEAR_MAX)
    .execute();
  return rows.map(({ id }) => id);
}
