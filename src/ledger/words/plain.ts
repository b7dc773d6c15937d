import type { StoredAct } from '../act.ts';
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

/** Who covers what was taken beyond what there was; promotional credit does only where the settings say so. */
export function coversFirst(promotionalFundsUnfunded: boolean): string {
  return `covers it first${promotionalFundsUnfunded ? '' : ', unless it is promotional'}.`;
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

/** `staff` is empty for what a rule or a program did. */
type Phrase = (
  invoice: string,
  told: { readonly act: StoredAct['do']; readonly staff: string; readonly byUs: boolean },
) => string;

const CAME: Partial<Record<EntryKind, Phrase>> = {
  deposit: (invoice) => `was added by the deposit${ofOne(invoice)}`,
  overpayment: (invoice) => `was added because more was paid than was due${forOne(invoice)}`,
  'payment-to-credit': () => 'was added by a payment',
  bonus: (invoice) => `was given as ${plainKinds.promotional}${forOne(invoice)}`,
  refund: (invoice) => `was added as a refund of a payment${from(invoice)}`,
  downgrade: () => 'was added because a service was changed to a smaller one',
  return: (invoice) => `came back${from(invoice)}`,
  transit: (invoice, { act }) =>
    act === 'grant'
      ? `was received${forOne(invoice)} with a payment of several invoices`
      : `came back from ${invoice || 'an invoice'}, which passes on the credit that pays it`,
  manual: (_, { staff }) => `was added${staff}`,
  transfer: () => 'came from another account',
  merge: () => 'came with an account that was merged into this one',
  opening: () =>
    'was added when the books were opened: the balance was above the sum of its movements',
  restored: () => 'was kept from before the database was restored',
  closing: () => 'was written off with the account',
  'currency-change': () => 'was added because the currency of the account changed',
  difference: (_, { byUs }) =>
    byUs
      ? 'was added by a correction in WHMCS'
      : 'was added in the books: WHMCS had more than they said',
  unknown: () => 'was added for a reason that is not known',
};

const WENT: Partial<Record<EntryKind, Phrase>> = {
  invoice: (invoice) => `was put${on(invoice)}`,
  expiry: () => 'expired',
  revocation: (_, { staff }) => `was revoked${staff}`,
  'claw-back': (invoice) =>
    `was taken back, because ${invoice || 'what it was given for'} was refunded`,
  'take-back': (invoice) => `was put back${on(invoice)}, which is no longer cancelled`,
  transit: (invoice) => `went through ${invoice || 'an invoice'}`,
  manual: (_, { staff }) => `was taken${staff}`,
  transfer: () => 'was moved to another account',
  merge: () => 'went with this account into another one',
  opening: () =>
    'was taken off when the books were opened: the balance was below the sum of its movements',
  restored: () =>
    'was set aside when the database was restored, for the credit that was kept from before',
  closing: () => 'was closed with the account',
  'currency-change': () => 'was taken off because the currency of the account changed',
  difference: (_, { byUs }) =>
    byUs
      ? 'was taken off by a correction in WHMCS'
      : 'was taken off in the books: WHMCS had less than they said',
  unknown: () => 'was taken for a reason that is not known',
};

/** What the rule that gave this credit calls it; `{invoice}` stands for the invoice. Undefined where no rule named it. */
export function givenAs(act: StoredAct): string | undefined {
  return act.do === 'grant' ? act.givenAs : undefined;
}

/** What an entry did, as the rest of a sentence that begins with an amount: `was put on invoice #812`. */
export function whatHappened(
  entry: Pick<Entry, 'kind' | 'invoiceId' | 'commandId' | 'adminId' | 'toAccount' | 'clientId'> & {
    readonly act: StoredAct;
  },
): string {
  const invoice = entry.invoiceId === null ? '' : `invoice #${entry.invoiceId}`;
  const given = givenAs(entry.act);
  if (given !== undefined) {
    return `was given as ${given.replaceAll('{invoice}', invoice || 'an invoice')}`;
  }
  const came = directionOf(entry) === 'in';
  const staff = entry.adminId === null ? '' : ' by staff';
  const phrase = (came ? CAME : WENT)[entry.kind];
  return (
    phrase?.(invoice, { act: entry.act.do, staff, byUs: entry.commandId !== null }) ??
    `was ${came ? 'added' : 'taken'} (${entry.kind})`
  );
}

function from(invoice: string): string {
  return invoice === '' ? '' : ` from ${invoice}`;
}

function on(invoice: string): string {
  return invoice === '' ? ' on an invoice' : ` on ${invoice}`;
}

function ofOne(invoice: string): string {
  return invoice === '' ? '' : ` of ${invoice}`;
}

function forOne(invoice: string): string {
  return invoice === '' ? '' : ` for ${invoice}`;
}
