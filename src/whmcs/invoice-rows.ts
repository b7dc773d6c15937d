import { type RawBuilder, sql } from 'kysely';
import { holdingStates } from '../../bridge/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InvoiceFacts, InvoiceKind } from '../rules/index.ts';
import { readDate } from './dates.ts';

/** An invoice with what belongs to it, as `selectInvoices` gives it. Amounts are DECIMAL texts. */
export interface InvoiceRow {
  readonly id: number;
  readonly userid: number;
  readonly status: string;
  readonly date: string | null;
  readonly duedate: string | null;
  readonly total: string;
  readonly credit: string;
  readonly tax: string;
  readonly tax2: string;
  readonly paymentmethod: string;
  readonly last_capture_attempt: string;
  /** Σ of its AddFunds lines; null when it has none. */
  readonly deposit_lines: string | null;
  readonly all_lines: string | null;
  readonly paying_lines: number | bigint;
  readonly paid: string;
  readonly money_rows: number | bigint;
  /** Hundredths that commands under way will put on it. */
  readonly pending: string;
  readonly order_id: number | null;
  readonly choice: string | null;
}

/**
 * The columns of `InvoiceRow`, for a table `tblinvoices` named `i`. Each figure is looked up by an index: lines and money by
 * invoice, orders and commands by client (`tblorders.invoiceid` has no index, whmcs.md §5).
 */
export const invoiceColumns: RawBuilder<InvoiceRow> = sql`
  i.id, i.userid, i.status, i.date, i.duedate, i.total, i.credit, i.tax, i.tax2, i.paymentmethod,
  i.last_capture_attempt,
  (SELECT SUM(t.amount) FROM tblinvoiceitems t
    WHERE t.invoiceid = i.id AND t.type = 'AddFunds') AS deposit_lines,
  (SELECT SUM(t.amount) FROM tblinvoiceitems t WHERE t.invoiceid = i.id) AS all_lines,
  (SELECT COUNT(*) FROM tblinvoiceitems t
    WHERE t.invoiceid = i.id AND t.type = 'Invoice') AS paying_lines,
  (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
    WHERE a.invoiceid = i.id) AS paid,
  (SELECT COUNT(*) FROM tblaccounts a WHERE a.invoiceid = i.id) AS money_rows,
  (SELECT COALESCE(SUM(k.hold_hundredths), 0) FROM mod_creditbridge_commands k
    WHERE k.client_id = i.userid AND k.state IN (${sql.join(holdingStates)})
      AND k.invoice_id = i.id AND k.action = 'ApplyCredit') AS pending,
  (SELECT MAX(o.id) FROM tblorders o WHERE o.userid = i.userid AND o.invoiceid = i.id) AS order_id,
  (SELECT c.choice FROM mod_creditbridge_invoice_choices c WHERE c.invoice_id = i.id) AS choice`;

/** Reads an invoice's row as rules know it. */
export function toInvoiceFacts(row: InvoiceRow): InvoiceFacts {
  const total = parseAmount(row.total);
  const paid = parseAmount(row.paid);
  const balance = total - paid - BigInt(row.pending);
  return {
    id: row.id,
    clientId: row.userid,
    kind: kindOf(row),
    status: row.status,
    createdOn: readDate(row.date),
    dueOn: readDate(row.duedate),
    totalHundredths: total,
    creditHundredths: parseAmount(row.credit),
    paidHundredths: paid,
    balanceHundredths: balance > 0n ? balance : 0n,
    gateway: row.paymentmethod,
    orderId: row.order_id,
    choice: row.choice === 'use' || row.choice === 'keep' ? row.choice : null,
    paymentAttempted:
      Number(row.money_rows) > 0 ||
      row.status === 'Payment Pending' ||
      readDate(row.last_capture_attempt) !== null,
  };
}

/** A deposit has an AddFunds line, a mass payment lines of type Invoice (whmcs.md §2.3, §2.6). */
function kindOf({ deposit_lines, paying_lines }: InvoiceRow): InvoiceKind {
  if (deposit_lines !== null) return 'deposit';
  return Number(paying_lines) > 0 ? 'mass-payment' : 'ordinary';
}
