import { type RawBuilder, sql } from 'kysely';
import { isMoney, isNote, knowsMoney, mayBeMoney } from '../db/index.ts';
import {
  type InvoiceFigures,
  type InvoiceMoney,
  moneyOfInvoice,
  parseAmount,
} from '../money/index.ts';

/** What `moneyFigures` selects. Amounts are DECIMAL texts. */
export interface RawMoneyFigures {
  readonly subtotal: string;
  readonly tax: string;
  readonly tax2: string;
  readonly credit: string;
  readonly total: string;
  readonly row_sums: string;
}

export interface MoneyFigures {
  /** As the row states them. */
  readonly figures: InvoiceFigures;
  readonly money: InvoiceMoney;
  /** Rows of `tblaccounts` that are money, or may be. */
  readonly moneyRows: number;
  /** False while notes cannot be told from money; then nothing counts as received. */
  readonly knowsMoney: boolean;
}

/**
 * The figures of an invoice, for a table `tblinvoices` named `i`, with the sums over its rows of `tblaccounts` in one
 * column, because one look-up finds them all.
 */
export const moneyFigures: RawBuilder<RawMoneyFigures> = sql`
  i.subtotal, i.tax, i.tax2, i.credit, i.total,
  (SELECT CONCAT_WS(' ', ${knowsMoney}, SUM(${mayBeMoney('a')}), SUM(a.amountin - a.amountout),
      SUM(IF(${isMoney('a')}, a.amountin - a.amountout, 0)), SUM(IF(${isNote('a')}, a.amountin, 0)))
    FROM tblaccounts a WHERE a.invoiceid = i.id) AS row_sums`;

/** The query leaves out the sums of no rows. */
export function readMoneyFigures(row: RawMoneyFigures): MoneyFigures {
  const [knows, moneyRows = '0', all = '0', received = '0', notesIn = '0'] =
    row.row_sums.split(' ');
  const figures = {
    subtotalHundredths: parseAmount(row.subtotal),
    taxHundredths: parseAmount(row.tax),
    tax2Hundredths: parseAmount(row.tax2),
    creditHundredths: parseAmount(row.credit),
    totalHundredths: parseAmount(row.total),
  };
  const money = moneyOfInvoice(figures, {
    allHundredths: parseAmount(all),
    moneyHundredths: parseAmount(received),
    notesInHundredths: parseAmount(notesIn),
  });
  return { figures, money, moneyRows: Number(moneyRows), knowsMoney: knows === '1' };
}
