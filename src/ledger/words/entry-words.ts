import type { StoredAct } from '../act.ts';
import type { EntryKind } from '../kinds.ts';
import { grantWords } from './grant-words.ts';

/** What the words of an entry depend on, beside its kind. */
export interface EntryFacts {
  /** How its invoice is written, such as `invoice #812`; empty when it has none. */
  readonly invoice: string;
  /** Whether credit came to the client. */
  readonly came: boolean;
  readonly act: StoredAct['do'];
  /** Whether a command of ours made it. */
  readonly byUs: boolean;
  /** Whether an admin did it in WHMCS. */
  readonly byStaff: boolean;
}

/** What a kind of entry is called. */
export interface EntryWords {
  /** As an admin chooses what an unknown entry was: `A deposit`. */
  readonly name: string;
  /** One line in a list, for admins and on the client's own page: `Deposit paid: invoice #812`. */
  readonly line: (facts: EntryFacts) => string;
  /** The rest of a sentence that begins with the amount, in explanations: `was added by the deposit of invoice #812`. */
  readonly sentence: (facts: EntryFacts) => string;
}

/** The one dictionary of kinds of entries: pages, explanations, command line and API take their words from here. */
export const entryWords: Readonly<Record<EntryKind, EntryWords>> = {
  deposit: {
    name: 'A deposit',
    line: ({ invoice }) => (invoice === '' ? 'Deposit' : `Deposit paid: ${invoice}`),
    sentence: ({ invoice }) => `was added by the deposit${after('of', invoice)}`,
  },
  overpayment: {
    name: 'More was paid than due',
    line: ({ invoice }) => `More was paid than due on ${named(invoice)}`,
    sentence: ({ invoice }) =>
      `was added because more was paid than was due${after('for', invoice)}`,
  },
  'payment-to-credit': {
    name: 'A payment that became credit',
    line: ({ invoice }) => `Payment${after('of', invoice)} became credit`,
    sentence: ({ invoice }) => `was added by a payment${after('of', invoice)}`,
  },
  bonus: {
    name: 'A bonus or goodwill',
    line: ({ invoice }) => `Promotional credit${after('for', invoice)}`,
    sentence: ({ invoice }) =>
      `was given as ${grantWords.promotional.inSentence}${after('for', invoice)}`,
  },
  refund: {
    name: 'A refund as credit',
    line: ({ invoice }) => `Refund${after('of', invoice)} as credit`,
    sentence: ({ invoice }) => `was added as a refund of a payment${after('from', invoice)}`,
  },
  downgrade: {
    name: 'A downgrade of a service',
    line: () => 'Credit for a downgrade',
    sentence: () => 'was added because a service was changed to a smaller one',
  },
  affiliate: {
    name: 'A commission paid out as credit',
    line: () => 'Commission paid out as credit',
    sentence: () => 'was added as a commission for clients that were brought',
  },
  return: {
    name: 'Credit that came back from an invoice',
    line: ({ invoice }) => `Given back from ${named(invoice)}`,
    sentence: ({ invoice }) => `came back${after('from', invoice)}`,
  },
  invoice: {
    name: 'Used for an invoice',
    line: ({ invoice }) => `Used for ${named(invoice)}`,
    sentence: ({ invoice }) => `was put on ${named(invoice)}`,
  },
  expiry: {
    name: 'Credit that expired',
    line: () => 'Credit expired',
    sentence: () => 'expired',
  },
  revocation: {
    name: 'Credit that was revoked',
    line: () => 'Credit was revoked',
    sentence: ({ byStaff }) => `was revoked${byStaff ? ' by staff' : ''}`,
  },
  'claw-back': {
    name: 'A bonus taken back',
    line: () => 'Taken back after a refund',
    sentence: ({ invoice }) =>
      `was taken back, because ${invoice || 'what it was given for'} was refunded`,
  },
  'take-back': {
    name: 'A return taken back',
    line: ({ invoice }) => `${named(invoice)} is open again, so its return was taken back`,
    sentence: ({ invoice }) => `was put back on ${named(invoice)}, which is no longer cancelled`,
  },
  reversal: {
    name: 'A payment that was taken back',
    line: ({ invoice }) =>
      `${invoice === '' ? 'A payment' : `The payment of ${invoice}`} was taken back`,
    sentence: ({ invoice }) =>
      `was taken off because the payment${after('of', invoice)} was taken back`,
  },
  transit: {
    name: 'Credit that only passed through',
    line: ({ invoice }) => `Passed through for ${named(invoice)}`,
    sentence: ({ invoice, came, act }) => {
      if (!came) return `went through ${named(invoice)}`;
      return act === 'grant'
        ? `was received${after('for', invoice)} with a payment of several invoices`
        : `came back from ${named(invoice)}, which passes on the credit that pays it`;
    },
  },
  manual: {
    name: 'An adjustment by hand',
    line: ({ came }) => (came ? 'Credit added by hand' : 'Credit taken by hand'),
    sentence: ({ came, byStaff }) => `was ${came ? 'added' : 'taken'}${byStaff ? ' by staff' : ''}`,
  },
  parked: {
    name: 'Parked credit',
    line: ({ came }) => (came ? 'No longer set aside' : 'Set aside until it is checked'),
    sentence: ({ came }) =>
      came ? 'came back after it was parked' : 'was parked until somebody decides about it',
  },
  transfer: {
    name: 'A transfer between clients',
    line: ({ came }) =>
      came ? 'Transferred from another client' : 'Transferred to another client',
    sentence: ({ came }) => (came ? 'came from another account' : 'was moved to another account'),
  },
  merge: {
    name: 'A merge of accounts',
    line: () => 'Accounts were merged',
    sentence: ({ came }) =>
      came
        ? 'came with an account that was merged into this one'
        : 'went with this account into another one',
  },
  opening: {
    name: 'The balance when the ledger began',
    line: () => 'Balance when the ledger began',
    sentence: ({ came }) =>
      came
        ? 'was added when the books were opened: the balance was above the sum of its movements'
        : 'was taken off when the books were opened: the balance was below the sum of its movements',
  },
  restored: {
    name: 'Credit kept over a restore of the database',
    line: () => 'Kept over a restore',
    sentence: ({ came }) =>
      came
        ? 'was kept from before the database was restored'
        : 'was set aside when the database was restored, for the credit that was kept from before',
  },
  closing: {
    name: 'The end of an account',
    line: () => 'Account closed',
    sentence: ({ came }) =>
      came ? 'was written off with the account' : 'was closed with the account',
  },
  'currency-change': {
    name: 'A change of currency',
    line: () => 'The currency was changed',
    sentence: ({ came }) =>
      `was ${came ? 'added' : 'taken off'} because the currency of the account changed`,
  },
  difference: {
    name: 'A difference put right',
    line: () => 'Difference put right',
    sentence: ({ came, byUs }) => {
      if (byUs) return `was ${came ? 'added' : 'taken off'} by a correction in WHMCS`;
      return came
        ? 'was added in the books: WHMCS had more than they said'
        : 'was taken off in the books: WHMCS had less than they said';
    },
  },
  unknown: {
    name: 'Not explained yet',
    line: ({ came }) => (came ? 'Credit came' : 'Credit went'),
    sentence: ({ came }) => `was ${came ? 'added' : 'taken'} for a reason that is not known`,
  },
};

function named(invoice: string): string {
  return invoice || 'an invoice';
}

/** ` for invoice #812`; nothing where there is no invoice. */
function after(word: 'of' | 'for' | 'from', invoice: string): string {
  return invoice === '' ? '' : ` ${word} ${invoice}`;
}
