import type { StoredAct } from '../act.ts';
import type { Entry } from '../entry.ts';
import { directionOf } from '../entry.ts';
import { type EntryFacts, entryWords } from './entry-words.ts';

type Told = Omit<Entry, 'act'> & { readonly act: StoredAct };

/** Stands for the invoice in an entry's line, so that a page can put a link there. */
export const INVOICE_HERE = '{invoice}';

/** An entry as one line of a list. Its invoice, where it has one, stands as {@link INVOICE_HERE}. */
export function entryLine(entry: Told): string {
  if (entry.corrects !== null) return `Correction of entry #${entry.corrects}`;
  const given = givenAs(entry, INVOICE_HERE);
  if (given !== undefined) return given.charAt(0).toUpperCase() + given.slice(1);
  return entryWords[entry.kind].line(factsOf(entry, INVOICE_HERE));
}

/** What an entry did, as the rest of a sentence that begins with an amount: `was put on invoice #812`. */
export function whatHappened(entry: Told): string {
  if (entry.corrects !== null) {
    const corrected = directionOf(entry) === 'in' ? 'given back' : 'taken off again';
    return `was ${corrected} by a correction in the books`;
  }
  const written = `invoice #${entry.invoiceId}`;
  const given = givenAs(entry, written);
  if (given !== undefined) return `was given as ${given}`;
  return entryWords[entry.kind].sentence(factsOf(entry, written));
}

/** What the rule that gave this credit calls it; undefined where no rule named it. */
function givenAs({ act, invoiceId }: Told, written: string): string | undefined {
  if (act.do !== 'grant') return undefined;
  return act.givenAs?.replaceAll(INVOICE_HERE, invoiceId === null ? 'an invoice' : written);
}

function factsOf(entry: Told, written: string): EntryFacts {
  return {
    invoice: entry.invoiceId === null ? '' : written,
    came: directionOf(entry) === 'in',
    act: entry.act.do,
    byUs: entry.commandId !== null,
    byStaff: entry.adminId !== null,
  };
}
