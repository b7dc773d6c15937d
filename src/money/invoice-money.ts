/** The figures of an invoice as `tblinvoices` has them, in hundredths. */
export interface InvoiceFigures {
  readonly subtotalHundredths: bigint;
  readonly taxHundredths: bigint;
  readonly tax2Hundredths: bigint;
  readonly creditHundredths: bigint;
  readonly totalHundredths: bigint;
}

/** Sums over the invoice's rows of `tblaccounts`, in hundredths. */
export interface InvoiceRows {
  /** `amountin` − `amountout` of all rows, notes included. */
  readonly allHundredths: bigint;
  /** The same of rows that are money: those without a note. */
  readonly moneyHundredths: bigint;
  /** `amountin` of credit notes. */
  readonly notesInHundredths: bigint;
}

/**
 * What an invoice's figures say. Credit lowers the total (`net`, 8.x) or leaves it and becomes a note (`gross`, 9.x); an
 * invoice from before an upgrade keeps its way, so each invoice is judged alone (whmcs.md §2.2). Figures that fit
 * neither way say nothing but what money was received.
 */
export type InvoiceMoney =
  | {
      readonly arithmetic: 'net' | 'gross';
      /** Still to be paid; negative when more was paid than was due. */
      readonly openHundredths: bigint;
      readonly receivedHundredths: bigint;
      /** Put on it by credit, and by notes for other reasons, which look alike. */
      readonly creditHundredths: bigint;
      /**
       * What credit and notes take off it now. When credit is taken off, this falls on both majors; the credit does not on 9.x,
       * where a debit note stands beside the credit note.
       */
      readonly takenOffHundredths: bigint;
    }
  | { readonly arithmetic: 'neither'; readonly receivedHundredths: bigint };

/** The one place that says what is open on an invoice and what was received; the shim's is `Command\InvoiceMoney`. */
export function moneyOfInvoice(figures: InvoiceFigures, rows: InvoiceRows): InvoiceMoney {
  const arithmetic = arithmeticOf(figures);
  const receivedHundredths = rows.moneyHundredths;
  if (arithmetic === 'neither') return { arithmetic, receivedHundredths };
  const { creditHundredths: column, totalHundredths } = figures;
  const { notesInHundredths: notes } = rows;
  const larger = column > notes ? column : notes;
  const noted = rows.allHundredths - rows.moneyHundredths;
  return {
    arithmetic,
    openHundredths: totalHundredths - rows.allHundredths,
    receivedHundredths,
    // On 9.x the column may tell again what the notes say (whmcs.md §8.1).
    creditHundredths: arithmetic === 'net' ? column + notes : larger,
    takenOffHundredths: arithmetic === 'net' ? column + noted : noted,
  };
}

function arithmeticOf(figures: InvoiceFigures): InvoiceMoney['arithmetic'] {
  const { creditHundredths: credit, totalHundredths: total } = figures;
  const gross = figures.subtotalHundredths + figures.taxHundredths + figures.tax2Hundredths;
  if (credit !== 0n && total + credit === gross) return 'net';
  return total === gross ? 'gross' : 'neither';
}
