import {
  directionOf,
  type EntryKind,
  type GrantKind,
  givenAs,
  type RecordedEntry,
} from '../../ledger/index.ts';
import { type Html, html } from '../html/html.ts';
import { invoiceLink, type View } from '../html/view.ts';

/** What a grant's kind is called. */
export const GRANT_KINDS: Readonly<Record<GrantKind, string>> = {
  paid: 'Paid in',
  promotional: 'Promotional',
  refund: 'Refund',
  adjustment: 'Adjustment',
  opening: 'From before',
  unexplained: 'Not explained yet',
};

type Sentence = (entry: RecordedEntry, invoice: Html) => Html;

/** What happened, as an admin would say it to a client. */
const SENTENCES: Readonly<Record<EntryKind, Sentence>> = {
  deposit: (entry, invoice) =>
    entry.invoiceId === null ? html`Deposit` : html`Deposit paid: ${invoice}`,
  overpayment: (_, invoice) => html`More was paid than due on ${invoice}`,
  'payment-to-credit': (_, invoice) => html`Payment of ${invoice} became credit`,
  bonus: (entry, invoice) =>
    entry.invoiceId === null ? html`Promotional credit` : html`Promotional credit for ${invoice}`,
  refund: (_, invoice) => html`Refund of ${invoice} as credit`,
  downgrade: () => html`Credit for a downgrade`,
  return: (_, invoice) => html`Given back from ${invoice}`,
  invoice: (_, invoice) => html`Used for ${invoice}`,
  expiry: () => html`Credit expired`,
  revocation: () => html`Credit was revoked`,
  'claw-back': () => html`Taken back after a refund`,
  'take-back': (_, invoice) => html`${invoice} is open again, so its return was taken back`,
  transit: (_, invoice) => html`Passed through for ${invoice}`,
  manual: (entry) =>
    directionOf(entry) === 'in' ? html`Credit added by hand` : html`Credit taken by hand`,
  transfer: (entry) =>
    directionOf(entry) === 'in'
      ? html`Transferred from another client`
      : html`Transferred to another client`,
  merge: () => html`Accounts were merged`,
  opening: () => html`Balance when the ledger began`,
  restored: () => html`Kept over a restore`,
  closing: () => html`Account closed`,
  'currency-change': () => html`The currency was changed`,
  difference: () => html`Difference put right`,
  unknown: (entry) => (directionOf(entry) === 'in' ? html`Credit came` : html`Credit went`),
};

/** The sentence of an entry; `invoice` stands where its invoice is named. */
export function entrySentence(entry: RecordedEntry, invoice: Html): Html {
  if (entry.corrects !== null) return html`Correction of entry #${entry.corrects}`;
  const named = entry.invoiceId === null ? html`an invoice` : invoice;
  const given = givenAs(entry.act);
  return given === undefined ? SENTENCES[entry.kind](entry, named) : ownWords(given, named);
}

/** What a rule calls what it gave, with the link to the invoice in its place. */
function ownWords(given: string, invoice: Html): Html {
  const [before = '', ...after] = `${given.charAt(0).toUpperCase()}${given.slice(1)}`.split(
    '{invoice}',
  );
  return html`${before}${after.map((part) => html`${invoice}${part}`)}`;
}

/** The sentence with links for admins. */
export function adminSentence(view: View, entry: RecordedEntry): Html {
  return entrySentence(entry, invoiceLink(view, entry.invoiceId));
}
