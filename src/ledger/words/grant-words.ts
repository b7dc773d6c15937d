import type { GrantKind } from '../kinds.ts';

/** What a kind of credit is called. */
export interface GrantWords {
  /** On pages of admins, as a heading: `Promotional`. */
  readonly forAdmins: string;
  /** On the client's own page: `Bonus`. */
  readonly forClients: string;
  /** Inside a sentence that an admin may forward to the client: `promotional credit`. */
  readonly inSentence: string;
  /** In WHMCS's credit log, when an admin gives such credit and writes nothing else. The client may read it. */
  readonly inLog: string;
}

/** The one dictionary of kinds of credit: pages, explanations, command line and API take their words from here. */
export const grantWords: Readonly<Record<GrantKind, GrantWords>> = {
  paid: {
    forAdmins: 'Paid in',
    forClients: 'Paid in by you',
    inSentence: 'paid credit',
    inLog: 'Payment received as credit',
  },
  promotional: {
    forAdmins: 'Promotional',
    forClients: 'Bonus',
    inSentence: 'promotional credit',
    inLog: 'Promotional credit',
  },
  refund: {
    forAdmins: 'Refund',
    forClients: 'Refunds',
    inSentence: 'refunded credit',
    inLog: 'Refund as credit',
  },
  adjustment: {
    forAdmins: 'Adjustment',
    forClients: 'Added by us',
    inSentence: 'credit given by staff',
    inLog: 'Credit adjustment',
  },
  affiliate: {
    forAdmins: 'Commission',
    forClients: 'Commissions',
    inSentence: 'credit from commissions',
    inLog: 'Commission as credit',
  },
  opening: {
    forAdmins: 'From before',
    forClients: 'Credit from before',
    inSentence: 'credit from before Credit Bridge',
    inLog: 'Credit from before',
  },
  unexplained: {
    forAdmins: 'Not explained yet',
    forClients: 'Other credit',
    inSentence: 'credit of unknown origin',
    inLog: 'Credit of unknown origin',
  },
};
