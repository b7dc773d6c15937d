import { divide } from '../money/index.ts';
import { type Limits, limitIn } from './approval-limits.ts';
import { SPLIT_HOURS } from './limits.ts';

export interface Wanted {
  readonly currencyId: number;
  readonly amountHundredths: bigint;
}

/**
 * The one answer to whether a second admin has to agree. What one admin does within a day is one amount, over all clients and
 * currencies: of each currency's limit it takes a share, and all shares together are at most the whole. Undefined when nobody has
 * to agree.
 */
export function whySecond(
  { currencyId, amountHundredths }: Wanted,
  lately: ReadonlyMap<number, bigint>,
  limits: Limits | null,
  show: (hundredths: bigint) => string,
): string | undefined {
  if (limits === null) {
    return 'From which amount a second admin has to agree cannot be read; until it is saved anew, one has to agree to everything.';
  }
  if (amountHundredths === 0n) return undefined;
  const limit = limitIn(limits, currencyId);
  const before = inLimitsOf(limit, lately, limits);
  const sum = before === undefined ? undefined : amountHundredths + before;
  if (sum !== undefined && sum <= limit) return undefined;
  if (before === 0n) return `It is above ${show(limit)}.`;
  const what =
    sum === undefined
      ? 'With what you did'
      : `With what you did in the last ${SPLIT_HOURS} hours it is ${show(sum)}`;
  return `${what}, above ${show(limit)}.`;
}

/** What was done in all currencies, as an amount of the one with this limit, rounded up; undefined where that has no end. */
function inLimitsOf(
  limit: bigint,
  lately: ReadonlyMap<number, bigint>,
  limits: Limits,
): bigint | undefined {
  let sum = 0n;
  for (const [currencyId, hundredths] of lately) {
    const own = limitIn(limits, currencyId);
    if (own === 0n && hundredths > 0n) return undefined;
    if (hundredths > 0n) sum += divide(hundredths * limit, own, 'up');
  }
  return sum;
}
