import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { addFindings, forgetFindings } from '../../findings/index.ts';
import type { IdRange } from '../id-range.ts';
import { factOfInvoice } from './invoice-sql.ts';
import type { InvoiceOfClient, InvoiceSweep } from './sweep.ts';

/**
 * Finds unpaid invoices whose figures do not add up: nothing is computed from them (src/money, `moneyOfInvoice`), so no credit
 * is put on them. One whose figures were put right is forgotten.
 */
export const sweepFigures: InvoiceSweep = async (range, { db, at }) => {
  const invoices = await oddFigures(db, range);
  await addFindings(
    db,
    invoices
      .filter(({ isOdd }) => isOdd)
      .map(({ invoiceId, clientId, subtotal, tax, credit, total }) => ({
        fact: factOf(invoiceId),
        kind: 'figures',
        clientId,
        invoiceId,
        outcome: 'open',
        text: `The figures of invoice #${invoiceId} do not add up: subtotal ${subtotal}, tax ${tax}, credit ${credit}, total ${total}. What is open on it is not known, so no credit is put on it. Save the invoice again in WHMCS, or cancel it.`,
      })),
    at,
  );
  await forgetFindings(
    db,
    invoices.filter(({ isOdd }) => !isOdd).map(({ invoiceId }) => factOf(invoiceId)),
  );
};

interface OddInvoice extends InvoiceOfClient {
  /** False when it was found before and adds up now, or is no longer unpaid. */
  readonly isOdd: boolean;
  readonly subtotal: string;
  readonly tax: string;
  readonly credit: string;
  readonly total: string;
}

/** Neither way of `moneyOfInvoice`: the total with credit or without it. */
const IS_ODD = sql`(i.status = 'Unpaid' AND i.total <> i.subtotal + i.tax + i.tax2
  AND (i.credit = 0 OR i.total + i.credit <> i.subtotal + i.tax + i.tax2))`;

async function oddFigures(db: Db, { from, to }: IdRange): Promise<readonly OddInvoice[]> {
  const { rows } = await sql<Omit<OddInvoice, 'isOdd'> & { readonly odd: number | bigint }>`
    SELECT i.id AS invoiceId, i.userid AS clientId, ${IS_ODD} AS odd,
      i.subtotal, i.tax + i.tax2 AS tax, i.credit, i.total
    FROM tblinvoices i
    LEFT JOIN mod_creditbridge_findings f ON f.fact = ${factOfInvoice('figures:')}
    WHERE i.id BETWEEN ${from} AND ${to} AND (${IS_ODD} OR f.fact IS NOT NULL)`.execute(db);
  return rows.map(({ odd, ...row }) => ({ ...row, isOdd: Number(odd) === 1 }));
}

function factOf(invoiceId: number): string {
  return `figures:${invoiceId}`;
}
