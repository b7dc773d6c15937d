import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { daysAfter, RENEWALS_DAYS, type RenewalFacts } from '../rules/index.ts';
import { recurringCycles } from './cycles.ts';
import { type PendingOn, toInvoiceFacts } from './invoice-rows.ts';
import { invoicesOf } from './invoices-of.ts';

interface Row {
  readonly kind: RenewalFacts['kind'];
  readonly id: number;
  readonly userid: number;
  readonly service_id: number | null;
  readonly product_id: number | null;
  readonly group_id: number | null;
  readonly due: string;
  readonly amount: string;
  readonly invoice_id: number | null;
}

/**
 * Reads what falls due for these clients within `RENEWALS_DAYS`, and what is overdue: services and addons that are active or suspended
 * and recur, and active domains that are to be renewed. What a cancellation request will end is not known and counts.
 */
export async function renewalsOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  localDate: string,
  holding: Promise<{ readonly pendingOn: PendingOn }>,
): Promise<ReadonlyMap<number, readonly RenewalFacts[]>> {
  const until = daysAfter(localDate, RENEWALS_DAYS);
  const clients = sql.join(clientIds);
  const cycles = sql.join(recurringCycles);
  const due = (row: string) =>
    sql`${sql.ref(`${row}.nextduedate`)} > '0000-00-00' AND ${sql.ref(`${row}.nextduedate`)} <= ${until}`;
  const { rows } = await sql<Row>`
    SELECT 'service' AS kind, s.id, s.userid, s.id AS service_id, p.id AS product_id, p.gid AS group_id,
      s.nextduedate AS due, s.amount, ${openInvoice('Hosting', 's')} AS invoice_id
    FROM tblhosting s LEFT JOIN tblproducts p ON p.id = s.packageid
    WHERE s.userid IN (${clients}) AND s.domainstatus IN ('Active', 'Suspended')
      AND s.billingcycle IN (${cycles}) AND ${due('s')}
    UNION ALL
    SELECT 'addon', n.id, s.userid, s.id, p.id, p.gid, n.nextduedate, n.recurring, ${openInvoice('Addon', 'n', 's')}
    FROM tblhosting s JOIN tblhostingaddons n ON n.hostingid = s.id LEFT JOIN tblproducts p ON p.id = s.packageid
    WHERE s.userid IN (${clients}) AND n.status IN ('Active', 'Suspended')
      AND n.billingcycle IN (${cycles}) AND ${due('n')}
    UNION ALL
    SELECT 'domain', d.id, d.userid, NULL, NULL, NULL, d.nextduedate, d.recurringamount, ${openInvoice('Domain', 'd')}
    FROM tbldomains d
    WHERE d.userid IN (${clients}) AND d.status = 'Active' AND d.donotrenew = 0 AND ${due('d')}
    ORDER BY due, kind, id`.execute(trx);
  const open = await openOn(
    trx,
    rows.flatMap((row) => row.invoice_id ?? []),
    (await holding).pendingOn,
  );
  const renewals = new Map<number, RenewalFacts[]>();
  for (const row of rows) {
    const known = renewals.get(row.userid) ?? [];
    if (known.length === 0) renewals.set(row.userid, known);
    known.push({
      kind: row.kind,
      id: row.id,
      serviceId: row.service_id,
      productId: row.product_id,
      productGroupId: row.group_id,
      dueOn: row.due.slice(0, 10),
      amountHundredths: parseAmount(row.amount),
      invoiceId: row.invoice_id,
      openHundredths: open.get(row.invoice_id ?? 0) ?? null,
    });
  }
  return renewals;
}

/** What is left to pay on these invoices. Few renewals have one, so it is a statement of its own. */
async function openOn(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
  pendingOn: PendingOn,
): Promise<ReadonlyMap<number, bigint>> {
  const rows = await invoicesOf(trx, [...new Set(invoiceIds)], []);
  return new Map(rows.map((row) => [row.id, toInvoiceFacts(row, [], pendingOn).balanceHundredths]));
}

/**
 * The newest unpaid invoice with a line for the renewal, whose due date moves on when it is paid (whmcs.md §2.8). Lines are found by client,
 * type and related id (whmcs.md §5).
 *
 * @param owner the table with the client's id
 */
function openInvoice(type: string, row: string, owner = row): RawBuilder<number | null> {
  return sql`(SELECT MAX(i.id) FROM tblinvoiceitems t JOIN tblinvoices i ON i.id = t.invoiceid
    WHERE t.userid = ${sql.ref(`${owner}.userid`)} AND t.type = ${type} AND t.relid = ${sql.ref(`${row}.id`)}
      AND i.status IN ('Unpaid', 'Payment Pending'))`;
}
