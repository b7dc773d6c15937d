import type { EntryKind } from '../../ledger/index.ts';

/** What an admin may choose for an entry that nobody could explain. */
export const ORIGIN_WORDS: Partial<Readonly<Record<EntryKind, string>>> = {
  deposit: 'A deposit',
  overpayment: 'More was paid than due',
  'payment-to-credit': 'A payment that became credit',
  bonus: 'A bonus or goodwill',
  refund: 'A refund as credit',
  downgrade: 'A downgrade of a service',
  return: 'Credit that came back from an invoice',
  manual: 'An adjustment by hand',
  invoice: 'Used for an invoice',
  expiry: 'Credit that expired',
  revocation: 'Credit that was revoked',
  'claw-back': 'A bonus taken back',
};
