import { displayAmount } from '../money/index.ts';
import { currencyDecimals } from './currency-decimals.ts';

/** An amount for people, with its currency's code: `12.50 EUR`, `1000 JPY`; without one where WHMCS has none any more. */
export function amountIn(code: string | null, hundredths: bigint): string {
  const known = code ?? '';
  return displayAmount(hundredths, { code: known, decimals: currencyDecimals(known) }).trimEnd();
}
