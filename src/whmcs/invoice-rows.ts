import { type RawBuilder, sql } from 'kysely';
import type { InvoiceFacts, InvoiceKind, LineFacts } from '../rules/index.ts';
import { readDate } from './dates.ts';
import {
  type MoneyFigures,
  moneyFigures,
  type RawMoneyFigures,
  readMoneyFigures,
} from './money-figures.ts';

/** An invoice with its lines and money, from `readInvoiceRow`. Amounts are DECIMAL texts. */
export interface InvoiceRow extends Lines, MoneyFigures {
  readonly id: number;
  readonly userid: number;
  readonly status: string;
  readonly date: string | null;
  readonly duedate: string | null;
  readonly datepaid: string;
  readonly paymentmethod: string;
  readonly last_capture_attempt: string;
  readonly order_id: number | null;
  readonly choice: string | null;
  /** 1 when credit was taken off it by hand. */
  readonly kept_off: number | bigint;
}

interface Lines {
  /** Σ of its AddFunds lines; null when it has none. */
  readonly deposit_lines: string | null;
  readonly all_lines: string;
  readonly paying_lines: number;
}

/** The row as the query returns it: figures of one table share a column, because one look-up finds them all. */
export interface RawInvoiceRow
  extends Omit<InvoiceRow, keyof Lines | keyof MoneyFigures>,
    RawMoneyFigures {
  readonly line_figures: string;
}

/**
 * The columns of `RawInvoiceRow`, for a table `tblinvoices` named `i` with `invoiceJoins`. Each table is looked up once by an index: lines and money
 * by invoice, orders by client (`tblorders.invoiceid` has no index, whmcs.md §5).
 */
export const invoiceColumns: RawBuilder<RawInvoiceRow> = sql`
  i.id, i.userid, i.status, i.date, i.duedate, i.datepaid, i.paymentmethod, i.last_capture_attempt,
  ${moneyFigures},
  (SELECT CONCAT_WS(' ', COUNT(*), SUM(t.amount), SUM(t.type = 'Invoice'), SUM(t.type = 'AddFunds'),
      SUM(IF(t.type = 'AddFunds', t.amount, 0)))
    FROM tblinvoiceitems t WHERE t.invoiceid = i.id) AS line_figures,
  (SELECT MAX(o.id) FROM tblorders o WHERE o.userid = i.userid AND o.invoiceid = i.id) AS order_id,
  ch.choice, ko.invoice_id IS NOT NULL AS kept_off`;

/** Joins what `invoiceColumns` reads of our tables by the invoice's id. */
export const invoiceJoins: RawBuilder<unknown> = sql`
  LEFT JOIN mod_creditbridge_invoice_choices ch ON ch.invoice_id = i.id
  LEFT JOIN mod_creditbridge_kept_off ko ON ko.invoice_id = i.id`;

/**
 * Splits the figures that share a column; the query leaves out the sums of no rows. Naming the members takes less time than spreading
 * the row (measured).
 */
export function readInvoiceRow(row: RawInvoiceRow): InvoiceRow {
  const [, lines = '0', paying = '0', deposits = '0', deposited = '0'] =
    row.line_figures.split(' ');
  const { figures, money, moneyRows, knowsMoney } = readMoneyFigures(row);
  return {
    id: row.id,
    userid: row.userid,
    status: row.status,
    date: row.date,
    duedate: row.duedate,
    datepaid: row.datepaid,
    paymentmethod: row.paymentmethod,
    last_capture_attempt: row.last_capture_attempt,
    order_id: row.order_id,
    choice: row.choice,
    kept_off: row.kept_off,
    figures,
    money,
    moneyRows,
    knowsMoney,
    deposit_lines: Number(deposits) > 0 ? deposited : null,
    all_lines: lines,
    paying_lines: Number(paying),
  };
}

/** What commands that were read before the invoice will still put on it, in hundredths, when so much credit is on it now. */
export type PendingOn = (invoice: {
  readonly id: number;
  readonly clientId: number;
  readonly creditHundredths: bigint;
}) => bigint;

/** Turns an invoice's row into the facts that rules see. */
export function toInvoiceFacts(
  row: InvoiceRow,
  lines: readonly LineFacts[],
  pendingOn: PendingOn,
): InvoiceFacts {
  const { figures, money } = row;
  const isKnown = money.arithmetic !== 'neither';
  const { id, userid: clientId } = row;
  const balance = isKnown
    ? money.openHundredths - pendingOn({ id, clientId, creditHundredths: money.creditHundredths })
    : 0n;
  return {
    id,
    clientId,
    kind: kindOf(row),
    status: row.status,
    createdOn: readDate(row.date),
    dueOn: readDate(row.duedate),
    paidOn: readDate(row.datepaid),
    totalHundredths: figures.totalHundredths,
    grossHundredths: grossOf(row),
    lines,
    creditHundredths: isKnown ? money.creditHundredths : figures.creditHundredths,
    takenOffHundredths: isKnown ? money.takenOffHundredths : figures.creditHundredths,
    paidHundredths: money.receivedHundredths,
    balanceHundredths: balance > 0n ? balance : 0n,
    gateway: row.paymentmethod,
    orderId: row.order_id,
    choice: row.choice === 'use' || row.choice === 'keep' ? row.choice : null,
    keptOff: Number(row.kept_off) === 1,
    paymentAttempted:
      row.moneyRows > 0 ||
      row.status === 'Payment Pending' ||
      readDate(row.last_capture_attempt) !== null,
  };
}

/** All lines with tax, on both majors and in both tax modes (whmcs.md §2.2, §2.9). */
export function grossOf({ figures }: Pick<InvoiceRow, 'figures'>): bigint {
  return figures.subtotalHundredths + figures.taxHundredths + figures.tax2Hundredths;
}

/** A deposit has an AddFunds line, a mass payment lines of type Invoice (whmcs.md §2.3, §2.6). */
function kindOf({ deposit_lines, paying_lines }: InvoiceRow): InvoiceKind {
  if (deposit_lines !== null) return 'deposit';
  return paying_lines > 0 ? 'mass-payment' : 'ordinary';
}
