import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import {
  type InvoiceRow,
  invoiceColumns,
  type RawInvoiceRow,
  readInvoiceRow,
} from './invoice-rows.ts';

/** Reads these invoices, and every unpaid one of these clients, in one statement. */
export async function invoicesOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
  clientIds: readonly number[],
): Promise<readonly InvoiceRow[]> {
  const named =
    invoiceIds.length === 0
      ? []
      : [sql`SELECT id FROM tblinvoices WHERE id IN (${sql.join(invoiceIds)})`];
  const unpaid =
    clientIds.length === 0
      ? []
      : [
          sql`SELECT id FROM tblinvoices WHERE userid IN (${sql.join(clientIds)}) AND status = 'Unpaid'`,
        ];
  const wanted = [...named, ...unpaid];
  if (wanted.length === 0) return [];
  const { rows } = await sql<RawInvoiceRow>`
    SELECT STRAIGHT_JOIN ${invoiceColumns}
    FROM (${sql.join(wanted, sql` UNION `)}) AS wanted
    JOIN tblinvoices i ON i.id = wanted.id`.execute(trx);
  return rows.map(readInvoiceRow);
}
