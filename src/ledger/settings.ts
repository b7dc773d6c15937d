import { z } from 'zod';
import type { LedgerSettings } from './book/types.ts';
import { type GrantKind, grantKinds } from './kinds.ts';

const drawCriteria = ['priority', 'expiry', 'kind', 'age'] as const;

/** Kinds in their usual order of drawing. */
const USUAL_KINDS: readonly GrantKind[] = [
  'promotional',
  'adjustment',
  'affiliate',
  'unexplained',
  'opening',
  'refund',
  'paid',
];

/** How grants are drawn; admins may change it, and each entry stores the version it was written under. */
export const ledgerSettings = z.strictObject({
  drawOrder: z.array(z.enum(drawCriteria)).max(drawCriteria.length),
  kindOrder: z.array(z.enum(grantKinds)).max(grantKinds.length).transform(withEachKind),
  promotionalFundsUnfunded: z.boolean(),
});

/** Priority, soonest expiry, promotional before paid, oldest. Version 0. */
export const DEFAULT_LEDGER_SETTINGS: LedgerSettings = {
  drawOrder: ['priority', 'expiry', 'kind', 'age'],
  kindOrder: USUAL_KINDS,
  promotionalFundsUnfunded: false,
};

/** A kind that did not exist when an order was saved stands behind the one that usually comes before it. */
function withEachKind(saved: readonly GrantKind[]): readonly GrantKind[] {
  const kinds = [...saved];
  for (const [index, kind] of USUAL_KINDS.entries()) {
    if (kinds.includes(kind)) continue;
    const before = USUAL_KINDS[index - 1];
    kinds.splice(before === undefined ? 0 : kinds.indexOf(before) + 1, 0, kind);
  }
  return kinds;
}
