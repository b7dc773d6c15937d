import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { readStored } from '../db/index.ts';
import type { SurplusLimits } from '../events/index.ts';
import { ownSettings, readOwnSettings, saveSettingsLayer } from '../settings/index.ts';

const KEY = ownSettings('operations/surplus');

const TIMES_MAX = 100_000;

export type { SurplusLimits };

/** When a surplus can't be right. Twice an invoice is a payment made twice, so a smaller number would park ordinary credit. */
export const surplusLimits = z.strictObject({
  times: z.int().min(2).max(TIMES_MAX).nullable(),
  otherCurrencies: z.boolean(),
});

export const DEFAULT_SURPLUS_LIMITS: SurplusLimits = { times: 10, otherCurrencies: true };

/** The stored limits; the default ones before the first change and while what is stored cannot be read. */
export async function readSurplusLimits(db: Kysely<Database>): Promise<SurplusLimits> {
  const settings = await readOwnSettings(db, KEY);
  return readStored(surplusLimits, settings ?? '') ?? DEFAULT_SURPLUS_LIMITS;
}

/** Writes a new version; the one before stays in the history. */
export async function saveSurplusLimits(
  trx: Transaction<Database>,
  settings: SurplusLimits,
  change: { readonly by: string; readonly reason: string; readonly at: Date },
): Promise<void> {
  await saveSettingsLayer(trx, { ...KEY, mode: 'on', settings, ...change });
}
