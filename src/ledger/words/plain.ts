import type { Entry } from '../entry.ts';
import { directionOf } from '../entry.ts';
import type { EntryKind, GrantKind } from '../kinds.ts';

const days = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `22 November 2026`. */
export function plainDay(day: string): string {
  return days.format(new Date(`${day}T00:00:00Z`));
}

/** `on 22 November 2026`, or that nobody wrote it down. */
export function onDay(day: string | null): string {
  return day === null ? 'on an unknown day' : `on ${plainDay(day)}`;
}

/** What kind of credit a grant is, for its owner. */
export const plainKinds: Readonly<Record<GrantKind, string>> = {
  paid: 'paid credit',
  promotional: 'promotional credit',
  refund: 'refunded credit',
  adjustment: 'credit given by staff',
  opening: 'credit from before Credit Bridge',
  unexplained: 'credit of unknown origin',
};

type Phrase = (invoice: string, staff: string) => string;

const CAME: Partial<Record<EntryKind, Phrase>> = {
  deposit: (invoice) => `was added by a deposit${from(invoice)}`,
  overpayment: (invoice) => `was added because more was paid than was due${on(invoice)}`,
  'payment-to-credit': () => 'was added by a payment',
  bonus: () => 'was given as a bonus',
  refund: (invoice) => `was added as a refund of a payment${from(invoice)}`,
  downgrade: () => 'was added because a service was changed to a smaller one',
  return: (invoice) => `came back${from(invoice)}`,
  transit: (invoice) => `came in by way of ${invoice || 'an invoice'}`,
  manual: (_, staff) => `was added ${staff}`,
  transfer: () => 'came from another account',
  merge: () => 'came with an account that was merged into this one',
};

const WENT: Partial<Record<EntryKind, Phrase>> = {
  invoice: (invoice) => `was put${on(invoice)}`,
  expiry: () => 'expired',
  revocation: (_, staff) => `was revoked${staff === 'by hand' ? '' : ` ${staff}`}`,
  'claw-back': (invoice) => `was taken back, because its deposit was refunded${from(invoice)}`,
  'take-back': (invoice) => `was put back${on(invoice)}, which is no longer cancelled`,
  transit: (invoice) => `went on to ${invoice || 'an invoice'}`,
  manual: (_, staff) => `was taken ${staff}`,
  transfer: () => 'was moved to another account',
  merge: () => 'went with this account into another one',
};

const EITHER: Partial<Record<EntryKind, string>> = {
  opening: 'was brought forward when the books were opened',
  closing: 'was closed with the account',
  'currency-change': 'was moved because the currency of the account changed',
  difference: 'was accepted as a difference between WHMCS and the books',
  unknown: 'changed for a reason that is not known',
};

/** What an entry did, as the rest of a sentence that begins with an amount: `was put on invoice #812`. */
export function whatHappened(
  entry: Pick<Entry, 'kind' | 'invoiceId' | 'adminId' | 'toAccount' | 'clientId'>,
): string {
  const invoice = entry.invoiceId === null ? '' : `invoice #${entry.invoiceId}`;
  const staff = entry.adminId === null ? 'by hand' : `by staff (admin ${entry.adminId})`;
  const phrase = (directionOf(entry) === 'in' ? CAME : WENT)[entry.kind];
  const moved = directionOf(entry) === 'in' ? 'was added' : 'was taken';
  return phrase?.(invoice, staff) ?? EITHER[entry.kind] ?? `${moved} (${entry.kind})`;
}

function from(invoice: string): string {
  return invoice === '' ? '' : ` from ${invoice}`;
}

function on(invoice: string): string {
  return invoice === '' ? ' on an invoice' : ` on ${invoice}`;
}
