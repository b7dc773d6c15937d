import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { ServiceFacts } from '../rules/index.ts';
import { monthsOf } from './cycles.ts';
import { readDate } from './dates.ts';

interface Row {
  readonly id: number;
  readonly userid: number;
  readonly packageid: number;
  readonly gid: number | null;
  readonly server: number;
  readonly domainstatus: string;
  readonly amount: string;
  readonly billingcycle: string;
  readonly nextduedate: string | null;
}

/** Services that are or may become in use; what is over is no fact. */
const KEPT = ['Pending', 'Active', 'Suspended'];
/** WHMCS asks money for these again. */
const IN_USE = ['Active', 'Suspended'];

/**
 * Reads the services of these clients, in the order of their ids.
 *
 * @param localDate today in WHMCS: a service is overdue whose next due date is before it
 */
export async function servicesOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  localDate: string,
): Promise<ReadonlyMap<number, readonly ServiceFacts[]>> {
  const { rows } = await sql<Row>`
    SELECT s.id, s.userid, s.packageid, p.gid, s.server, s.domainstatus, s.amount, s.billingcycle, s.nextduedate
    FROM tblhosting s LEFT JOIN tblproducts p ON p.id = s.packageid
    WHERE s.userid IN (${sql.join(clientIds)}) AND s.domainstatus IN (${sql.join(KEPT)})
    ORDER BY s.id`.execute(trx);
  const services = new Map<number, ServiceFacts[]>();
  for (const row of rows) {
    const known = services.get(row.userid) ?? [];
    if (known.length === 0) services.set(row.userid, known);
    known.push(toService(row, localDate));
  }
  return services;
}

function toService(row: Row, localDate: string): ServiceFacts {
  const cycleMonths = monthsOf(row.billingcycle);
  const dueOn = readDate(row.nextduedate);
  const recurs = cycleMonths !== null && IN_USE.includes(row.domainstatus);
  return {
    id: row.id,
    productId: row.packageid === 0 ? null : row.packageid,
    productGroupId: row.gid,
    serverId: row.server === 0 ? null : row.server,
    status: row.domainstatus,
    recurringHundredths: parseAmount(row.amount),
    cycleMonths,
    dueOn,
    isOverdue: recurs && dueOn !== null && dueOn < localDate,
    isSuspended: row.domainstatus === 'Suspended',
  };
}
