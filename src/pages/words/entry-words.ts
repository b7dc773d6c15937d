import { entryLine, INVOICE_HERE, type RecordedEntry } from '../../ledger/index.ts';
import { type Html, html } from '../html/html.ts';
import { invoiceLink, type View } from '../html/view.ts';

/** An entry as one line of a list; `invoice` stands where its invoice is named. */
export function entrySentence(entry: RecordedEntry, invoice: Html): Html {
  const [before = '', ...after] = entryLine(entry).split(INVOICE_HERE);
  return html`${before}${after.map((part) => html`${invoice}${part}`)}`;
}

/** The sentence with links for admins. */
export function adminSentence(view: View, entry: RecordedEntry): Html {
  return entrySentence(entry, invoiceLink(view, entry.invoiceId));
}
