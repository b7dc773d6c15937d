import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { isNote, noteId } from '../db/index.ts';
import { type InvoiceMoney, parseAmount } from '../money/index.ts';
import { readDate } from './dates.ts';
import { moneyFigures, type RawMoneyFigures, readMoneyFigures } from './money-figures.ts';

/** One invoice as it stands. */
export interface InvoiceNow {
  readonly id: number;
  readonly clientId: number;
  /** Null when the client is gone. */
  readonly currencyId: number | null;
  readonly status: string;
  readonly dueOn: string | null;
  readonly totalHundredths: bigint;
  readonly money: InvoiceMoney;
  /** False while notes cannot be told from money; then nothing counts as received, and no notes are read. */
  readonly knowsMoney: boolean;
  /** Its credit and debit notes, on 9.x; in the order of their rows. */
  readonly notes: readonly InvoiceNote[];
}

/** A note that reached the invoice as a row of `tblaccounts` (whmcs.md §2.2). */
export interface InvoiceNote {
  readonly id: number;
  readonly kind: 'credit' | 'debit';
  readonly amountHundredths: bigint;
}

export async function invoiceNow(db: Db, id: number): Promise<InvoiceNow | undefined> {
  const [{ rows }, notes] = await Promise.all([readInvoice(db, id), readNotes(db, id)]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { money, knowsMoney } = readMoneyFigures(row);
  return {
    id,
    clientId: row.userid,
    currencyId: row.currency,
    status: row.status,
    dueOn: readDate(row.duedate),
    totalHundredths: parseAmount(row.total),
    money,
    knowsMoney,
    notes,
  };
}

function readInvoice(db: Db, id: number) {
  return sql<
    RawMoneyFigures & {
      readonly userid: number;
      readonly currency: number | null;
      readonly status: string;
      readonly duedate: string | null;
    }
  >`
    SELECT i.userid, i.status, i.duedate, client.currency, ${moneyFigures}
    FROM tblinvoices i LEFT JOIN tblclients client ON client.id = i.userid
    WHERE i.id = ${id}`.execute(db);
}

async function readNotes(db: Db, invoiceId: number): Promise<readonly InvoiceNote[]> {
  const { rows } = await sql<{
    readonly note: number;
    readonly amountin: string;
    readonly amountout: string;
  }>`
    SELECT ${noteId('a')} AS note, a.amountin, a.amountout FROM tblaccounts a
    WHERE a.invoiceid = ${invoiceId} AND ${isNote('a')} ORDER BY a.id`.execute(db);
  return rows.map(({ note, amountin, amountout }) => {
    const amount = parseAmount(amountin) - parseAmount(amountout);
    return amount >= 0n
      ? { id: note, kind: 'credit', amountHundredths: amount }
      : { id: note, kind: 'debit', amountHundredths: -amount };
  });
}
