import type { GrantKind } from './kinds.ts';

/** The kinds that an admin may give to added credit without a row of the log; missing credit is spent in the usual order. */
export const acceptedKinds = ['adjustment', 'paid', 'promotional'] as const;
export type AcceptedKind = (typeof acceptedKinds)[number];

/** The possible origins of an unknown movement: for added credit, and for taken credit. */
export const originsIn = [
  'deposit',
  'overpayment',
  'payment-to-credit',
  'bonus',
  'refund',
  'downgrade',
  'affiliate',
  'return',
  'manual',
] as const;
export const originsOut = ['invoice', 'expiry', 'revocation', 'claw-back', 'manual'] as const;
export type Origin = (typeof originsIn)[number] | (typeof originsOut)[number];

const GRANT_OF: Readonly<Record<(typeof originsIn)[number], GrantKind>> = {
  deposit: 'paid',
  overpayment: 'paid',
  'payment-to-credit': 'paid',
  bonus: 'promotional',
  refund: 'refund',
  downgrade: 'refund',
  affiliate: 'affiliate',
  return: 'refund',
  manual: 'adjustment',
};

/** The kind of credit that an origin makes. */
export function grantKindOf(origin: Origin): GrantKind {
  const known: Readonly<Record<string, GrantKind>> = GRANT_OF;
  return known[origin] ?? 'adjustment';
}

/** Whether credit of this kind, named by an admin, may be paid out: it is the client's own money. */
export function isOwnMoney(kind: GrantKind): boolean {
  return kind === 'paid';
}

/** Whether an origin fits a movement of this direction. */
export function isOriginOf(direction: 'in' | 'out', text: string): text is Origin {
  const fitting: readonly string[] = direction === 'in' ? originsIn : originsOut;
  return fitting.includes(text);
}
