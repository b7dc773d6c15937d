import { convert, formatAmount } from '../money/index.ts';
import { type AmountPerCurrency, amountFor, type OuterLimits } from '../rules/index.ts';
import type { CurrencyRate } from './approval-limits.ts';
import type { ConfigurationValue } from './configuration-value.ts';

/** A limit is rounded outwards: a minimum down, a maximum up. */
const AMOUNTS = {
  AddFundsMinimum: 'down',
  AddFundsMaximum: 'up',
  AddFundsMaximumBalance: 'up',
} as const;

/**
 * What WHMCS's own limits should be: the widest that any client has, since WHMCS knows one for all, in the default currency
 * (whmcs.md §1.1). Where somebody has no limit there is no outer one, and WHMCS's own stays as it is; it is never loosened to
 * nothing.
 *
 * `limits` are those of everybody, in any order.
 */
export function widestLimits(
  limits: readonly OuterLimits[],
  currencies: readonly Pick<CurrencyRate, 'id' | 'rate' | 'isDefault'>[],
): readonly ConfigurationValue[] {
  const base = currencies.find((currency) => currency.isDefault);
  if (base === undefined || limits.length === 0) return [];
  const values: ConfigurationValue[] = [];
  for (const [setting, rounding] of Object.entries(AMOUNTS)) {
    const all = limits.map((one) => one[setting as keyof typeof AMOUNTS]);
    const widest = widestAmount(all, currencies, base.rate, rounding);
    if (widest !== null) values.push({ setting, value: formatAmount(widest) });
  }
  if (limits.every((one) => one.AddFundsRequireOrder === true)) {
    values.push({ setting: 'AddFundsRequireOrder', value: 'on' });
  }
  return values;
}

function widestAmount(
  limits: readonly (AmountPerCurrency | undefined)[],
  currencies: readonly Pick<CurrencyRate, 'id' | 'rate'>[],
  baseRate: string,
  rounding: 'down' | 'up',
): bigint | null {
  let widest: bigint | null = null;
  for (const limit of limits) {
    for (const currency of currencies) {
      const amount = amountFor(limit, currency);
      if (amount === null) return null;
      const converted = convert(amount, currency.rate, baseRate, rounding);
      const wider =
        widest === null || (rounding === 'down' ? converted < widest : converted > widest);
      if (wider) widest = converted;
    }
  }
  return widest;
}
