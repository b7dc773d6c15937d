import { z } from 'zod';
import type { LedgerSettings } from './book/types.ts';
import { grantKinds } from './kinds.ts';

const drawCriteria = ['priority', 'expiry', 'kind', 'age'] as const;

/** How grants are drawn; admins may change it, and each entry stores the version it was written under. */
export const ledgerSettings = z.strictObject({
  drawOrder: z.array(z.enum(drawCriteria)).max(drawCriteria.length),
  kindOrder: z.array(z.enum(grantKinds)).length(grantKinds.length),
  promotionalFundsUnfunded: z.boolean(),
});

/** Priority, soonest expiry, promotional before paid, oldest. Version 0. */
export const DEFAULT_LEDGER_SETTINGS: LedgerSettings = {
  drawOrder: ['priority', 'expiry', 'kind', 'age'],
  kindOrder: ['promotional', 'adjustment', 'affiliate', 'unexplained', 'opening', 'refund', 'paid'],
  promotionalFundsUnfunded: false,
};
