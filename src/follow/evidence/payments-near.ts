import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { isMoney } from '../../db/index.ts';
import type { PaymentProof } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import { readDate } from '../../whmcs/index.ts';
import { type About, dayPlus } from './near.ts';

/** How far a payment may be from its row of the log (src/ledger/explain/proofs.ts), with room for other rows. */
const DAYS_AROUND = 62;
const PAYMENTS_MAX = 5000;

/** Reads payments of these clients without an invoice (whmcs.md §2.5, §5). */
export async function paymentsNear(
  trx: Transaction<Database>,
  { clientIds, from, to }: About,
): Promise<readonly PaymentProof[]> {
  const rows = await trx
    .selectFrom('tblaccounts as a')
    .select(['id', 'userid', 'date', 'amountin'])
    .where('userid', 'in', clientIds)
    .where('invoiceid', '=', 0)
    .where('amountin', '>', '0')
    .where(isMoney('a'))
    .where('date', '>=', dayPlus(from, -DAYS_AROUND))
    .where('date', '<', dayPlus(to, DAYS_AROUND))
    .orderBy('id')
    .limit(PAYMENTS_MAX)
    .execute();
  return rows.map(({ id, userid, date, amountin }) => ({
    id,
    clientId: userid,
    on: readDate(date),
    amountHundredths: parseAmount(amountin),
  }));
}
