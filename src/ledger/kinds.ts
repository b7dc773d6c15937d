/** Where credit came from. `unexplained` is never refundable until somebody explains it. */
export const grantKinds = [
  'paid',
  'promotional',
  'refund',
  'adjustment',
  'affiliate',
  'opening',
  'unexplained',
] as const;
export type GrantKind = (typeof grantKinds)[number];

/** What a movement of credit was, with the account on its other side; `:<n>` is followed by an invoice's number. */
export const entryKinds = {
  // Credit that came.
  deposit: 'deposit',
  overpayment: 'overpayment',
  'payment-to-credit': 'deposit',
  bonus: 'promotion',
  refund: 'refund',
  downgrade: 'downgrade',
  affiliate: 'affiliate',
  return: 'invoice:<n>',
  // Credit that went.
  invoice: 'invoice:<n>',
  expiry: 'expiry',
  revocation: 'revocation',
  'claw-back': 'promotion',
  'take-back': 'invoice:<n>',
  reversal: 'reversal',
  // Either way.
  transit: 'transit',
  manual: 'adjustment',
  // Credit that must wait is off the balance until somebody decides.
  parked: 'parked',
  transfer: 'transfer',
  merge: 'merge',
  opening: 'opening',
  // A grant that is kept over a restore.
  restored: 'restored',
  closing: 'closing',
  'currency-change': 'currency-change',
  difference: 'difference',
  unknown: 'unexplained',
} as const satisfies Readonly<Record<string, string>>;
export type EntryKind = keyof typeof entryKinds;

/** The account on the other side of a client's, such as `deposit` or `invoice:812`. */
export function counterAccount(kind: EntryKind, invoiceId: number | null): string {
  const account = entryKinds[kind];
  if (account !== 'invoice:<n>') return account;
  return invoiceId === null ? 'invoice' : `invoice:${invoiceId}`;
}

/** How we know what a movement was; the first that fits counts, texts come last. */
export const evidences = [
  'command',
  'delivery',
  'payment',
  'invoice',
  'upgrade',
  'affiliate',
  'admin',
  'text',
  'none',
] as const;
export type Evidence = (typeof evidences)[number];

/** A stored kind; one that no version wrote is shown as what nobody could explain, which an admin can look into. */
export function readEntryKind(text: string): EntryKind {
  return Object.hasOwn(entryKinds, text) ? (text as EntryKind) : 'unknown';
}

/** The same for the kind of a grant: unexplained credit is never paid out. */
export function readGrantKind(text: string): GrantKind {
  return grantKinds.find((kind) => kind === text) ?? 'unexplained';
}

/** How an entry is known; what no version wrote proves nothing. */
export function readEvidence(text: string): Evidence {
  return evidences.find((evidence) => evidence === text) ?? 'none';
}
