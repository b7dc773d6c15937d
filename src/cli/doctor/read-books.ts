import { sql } from 'kysely';
import { type Db, isNote } from '../../db/index.ts';
import { parseAmount } from '../../money/index.ts';
import {
  type MoneyFigures,
  moneyFigures,
  type RawMoneyFigures,
  readMoneyFigures,
} from '../../whmcs/index.ts';

/** How many invoices are looked at: enough to see what WHMCS does, few enough for a moment. */
const INVOICES = 1000;

/** How many of the newest invoices each formula fits (whmcs.md §2.2). */
export interface BooksOfWhmcs {
  readonly formulas: readonly Formula[];
  /** Paid invoices of WHMCS 9 on which the ledger saw credit used, without any note; undefined on 8.x, which has none. */
  readonly paidWithoutNote: number | undefined;
}

export interface Formula {
  readonly says: string;
  readonly fits: number;
  /** Of how many invoices it is asked. */
  readonly of: number;
}

interface Invoice {
  readonly status: string;
  readonly totalHundredths: bigint;
  readonly creditHundredths: bigint;
  readonly grossHundredths: bigint;
  readonly figures: MoneyFigures;
  readonly hasNotes: boolean;
  readonly usedCredit: boolean;
}

export async function readBooks(db: Db, hasNotes: boolean): Promise<BooksOfWhmcs> {
  const all = await newestInvoices(db);
  const withCredit = all.filter(({ creditHundredths }) => creditHundredths !== 0n);
  const noted = all.filter((one) => one.hasNotes);
  const paid = all.filter(({ status }) => status === 'Paid');
  return {
    formulas: [
      count('total = subtotal + tax + tax2', all, isGross),
      count('total + credit = subtotal + tax + tax2', all, isNet),
      count('credit is not 0, total = subtotal + tax + tax2', withCredit, isGross),
      count('credit is not 0, total + credit = subtotal + tax + tax2', withCredit, isNet),
      count('neither of both', all, (one) => !isGross(one) && !isNet(one)),
      count('Paid: total = the sum of all rows of tblaccounts', paid, isSettled),
      ...(hasNotes
        ? [
            count('with a note: credit is 0', noted, (one) => one.creditHundredths === 0n),
            count('with a note: credit = the sum of its credit notes', noted, isTwice),
          ]
        : []),
    ],
    paidWithoutNote: hasNotes
      ? paid.filter((one) => one.usedCredit && !one.hasNotes && one.creditHundredths === 0n).length
      : undefined,
  };
}

const isGross = (one: Invoice) => one.totalHundredths === one.grossHundredths;
const isNet = (one: Invoice) => one.totalHundredths + one.creditHundredths === one.grossHundredths;

function isSettled({ figures: { money } }: Invoice): boolean {
  return money.arithmetic !== 'neither' && money.openHundredths === 0n;
}

function isTwice({ figures: { money }, creditHundredths }: Invoice): boolean {
  return money.arithmetic !== 'neither' && money.creditHundredths === creditHundredths;
}

function count(says: string, among: readonly Invoice[], fits: (one: Invoice) => boolean): Formula {
  return { says, fits: among.filter(fits).length, of: among.length };
}

async function newestInvoices(db: Db): Promise<readonly Invoice[]> {
  const { rows } = await sql<
    RawMoneyFigures & { status: string; notes: number | bigint; uses: number | bigint }
  >`
    SELECT i.status, ${moneyFigures},
      EXISTS (SELECT 1 FROM tblaccounts n WHERE n.invoiceid = i.id AND ${isNote('n')}) AS notes,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e WHERE e.invoice_id = i.id AND e.kind = 'invoice') AS uses
    FROM (SELECT id FROM tblinvoices ORDER BY id DESC LIMIT ${INVOICES}) newest
    JOIN tblinvoices i ON i.id = newest.id`.execute(db);
  return rows.map((row) => ({
    status: row.status,
    totalHundredths: parseAmount(row.total),
    creditHundredths: parseAmount(row.credit),
    grossHundredths: parseAmount(row.subtotal) + parseAmount(row.tax) + parseAmount(row.tax2),
    figures: readMoneyFigures(row),
    hasNotes: Number(row.notes) === 1,
    usedCredit: Number(row.uses) === 1,
  }));
}
