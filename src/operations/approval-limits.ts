import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';
import { convert, least, MoneyError } from '../money/index.ts';
import { readApprovalAmounts } from './approval-amounts.ts';

/** From which amount a second admin has to agree, in hundredths, by currency: every currency of WHMCS has one. */
export type Limits = ReadonlyMap<number, bigint>;

/** In the default currency, where nobody has set an amount and deposits do not show one. */
const USUAL_LIMIT_HUNDREDTHS = 10_000n;

export interface CurrencyRate {
  readonly id: number;
  readonly code: string;
  /** Relative to the default currency. */
  readonly rate: string;
  readonly isDefault: boolean;
}

/** What holds now; null when the stored amounts cannot be read. */
export async function readLimits(db: Kysely<Database>): Promise<Limits | null> {
  const stored = await readApprovalAmounts(db);
  return stored && limitsOf(stored, await readRates(db));
}

export async function readRates(db: Kysely<Database>): Promise<readonly CurrencyRate[]> {
  const rows = await db
    .selectFrom('tblcurrencies')
    .select(['id', 'code', 'rate', 'default'])
    .execute();
  return rows.map(({ default: isDefault, ...row }) => ({ ...row, isDefault: isDefault === 1 }));
}

/** A currency without an amount of its own has the strictest of the others', converted: it is no way around them. */
export function limitsOf(
  stored: ReadonlyMap<number, bigint>,
  currencies: readonly CurrencyRate[],
): Limits {
  const main = currencies.find(({ isDefault }) => isDefault);
  const known =
    stored.size > 0 || main === undefined ? stored : new Map([[main.id, USUAL_LIMIT_HUNDREDTHS]]);
  const limits = new Map(known);
  for (const currency of currencies) {
    if (known.has(currency.id)) continue;
    const worths = [...known].map(([id, amount]) => {
      const from = currencies.find((one) => one.id === id);
      return from === undefined ? amount : worthOf(amount, from.rate, currency.rate);
    });
    limits.set(currency.id, worths.reduce(least, worths[0] ?? 0n));
  }
  return limits;
}

/** In the other currency, rounded down; nothing where a rate cannot be used. */
function worthOf(hundredths: bigint, rateFrom: string, rateTo: string): bigint {
  try {
    return convert(hundredths, rateFrom, rateTo, 'down');
  } catch (error) {
    if (error instanceof MoneyError) return 0n;
    throw error;
  }
}

/** The limit of this currency; the smallest of all for one that WHMCS does not have any more. */
export function limitIn(limits: Limits, currencyId: number): bigint {
  const all = [...limits.values()];
  return limits.get(currencyId) ?? all.reduce(least, all[0] ?? 0n);
}
