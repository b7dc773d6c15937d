import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { UpgradeProof } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';

interface Row {
  readonly id: number;
  readonly clientId: number;
  readonly serviceId: number;
  readonly amount: string;
  readonly credited: string;
  readonly paidBy: number | null;
}

const UPGRADES_MAX = 5000;

/**
 * Reads downgrades of these clients' services. The credit is a negative `amount` or `credit_amount` (whmcs.md §2.5, §4.4); it
 * is not documented which one WHMCS fills. A service is paid by its own lines and by those of its upgrades.
 */
export async function upgradesOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly UpgradeProof[]> {
  const { rows } = await sql<Row>`
    SELECT u.id, h.userid AS clientId, h.id AS serviceId, u.amount, u.credit_amount AS credited,
      (SELECT MAX(i.id) FROM tblinvoiceitems line JOIN tblinvoices i ON i.id = line.invoiceid
        WHERE line.userid = h.userid AND i.status = 'Paid' AND (
          (line.type = 'Hosting' AND line.relid = h.id) OR (line.type = 'Upgrade' AND line.relid IN (
            SELECT paid.id FROM tblupgrades paid WHERE paid.relid = h.id AND paid.type <> 'addon')))
      ) AS paidBy
    FROM tblhosting h JOIN tblupgrades u ON u.relid = h.id AND u.type <> 'addon'
    WHERE h.userid IN (${sql.join(clientIds)}) AND (u.amount < 0 OR u.credit_amount > 0)
    ORDER BY u.id LIMIT ${sql.lit(UPGRADES_MAX)}`.execute(trx);
  return rows.map(({ id, clientId, serviceId, amount, credited, paidBy }) => ({
    id,
    clientId,
    serviceId,
    paidBy,
    credits: [-parseAmount(amount), parseAmount(credited)].filter((one) => one > 0n),
  }));
}
