import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { PaymentProof } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import { readDate } from '../../whmcs/index.ts';
import { type About, dayPlus } from './near.ts';

const WITHDRAWALS_MAX = 5000;

/**
 * Reads commissions that were paid out to these clients on those days (whmcs.md §2.5, §5). Only affiliates have such rows, and
 * neither table has an index but its primary key, so both are small and read as they are.
 */
export async function withdrawalsNear(
  trx: Transaction<Database>,
  { clientIds, from, to }: About,
): Promise<readonly PaymentProof[]> {
  const { rows } = await sql<{
    readonly id: number;
    readonly clientId: number;
    readonly date: string;
    readonly amount: string;
  }>`
    SELECT w.id, a.clientid AS clientId, w.date, w.amount
    FROM tblaffiliates a JOIN tblaffiliateswithdrawals w ON w.affiliateid = a.id
    WHERE a.clientid IN (${sql.join(clientIds)})
      AND w.date BETWEEN ${dayPlus(from, -1)} AND ${dayPlus(to, 1)}
    ORDER BY w.id LIMIT ${sql.lit(WITHDRAWALS_MAX)}`.execute(trx);
  return rows.map(({ id, clientId, date, amount }) => ({
    id,
    clientId,
    on: readDate(date),
    amountHundredths: parseAmount(amount),
  }));
}
