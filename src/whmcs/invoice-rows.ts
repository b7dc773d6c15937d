import { type RawBuilder, sql } from 'kysely';
import { holdingStates } from '../../bridge/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InvoiceFacts, InvoiceKind, LineFacts } from '../rules/index.ts';
import { BY_CLIENT } from './by-client.ts';
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
  /**
   * What live commands that put credit on it hold, in hundredths; if one is running, also its own hold, and the credit that was on the
   * invoice at its start. Between blanks.
   */
  readonly pending: string;
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
 * by invoice, orders and commands by client (`tblorders.invoiceid` has no index, whmcs.md §5).
 */
export const invoiceColumns: RawBuilder<RawInvoiceRow> = sql`
  i.id, i.userid, i.status, i.date, i.duedate, i.datepaid, i.paymentmethod, i.last_capture_attempt,
  ${moneyFigures},
  (SELECT CONCAT_WS(' ', COUNT(*), SUM(t.amount), SUM(t.type = 'Invoice'), SUM(t.type = 'AddFunds'),
      SUM(IF(t.type = 'AddFunds', t.amount, 0)))
    FROM tblinvoiceitems t WHERE t.invoiceid = i.id) AS line_figures,
  (SELECT CONCAT_WS(' ', COALESCE(SUM(k.hold_hundredths), 0), MAX(IF(k.state = 'running' AND JSON_VALID(k.witnesses),
      CONCAT(k.hold_hundredths, ' ', JSON_UNQUOTE(JSON_EXTRACT(k.witnesses, '$.invoice.credit'))), NULL)))
    FROM mod_creditbridge_commands k ${BY_CLIENT} WHERE k.client_id = i.userid
      AND k.state IN (${sql.join(holdingStates)}) AND k.invoice_id = i.id AND k.action = 'ApplyCredit') AS pending,
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
    pending: row.pending,
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

/** Turns an invoice's row into the facts that rules see. */
export function toInvoiceFacts(row: InvoiceRow, lines: readonly LineFacts[]): InvoiceFacts {
  const { figures, money } = row;
  const isKnown = money.arithmetic !== 'neither';
  const balance = isKnown
    ? money.openHundredths - pendingOf(row.pending, money.creditHundredths)
    : 0n;
  return {
    id: row.id,
    clientId: row.userid,
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

/** What live commands will still put on the invoice. WHMCS commits what a running one does before the shim notes that it is done. */
function pendingOf(pending: string, creditHundredths: bigint): bigint {
  const [held = '0', running = '0', before = 'null'] = pending.split(' ');
  const isOnIt = before !== 'null' && creditHundredths - parseAmount(before) === BigInt(running);
  return BigInt(held) - (isOnIt ? BigInt(running) : 0n);
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
