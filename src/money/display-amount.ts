import { formatAmount } from './amount.ts';

/** How a currency is shown; prefix and suffix as in `tblcurrencies`. */
export interface DisplayCurrency {
  readonly code: string;
  readonly decimals: number;
  readonly prefix?: string;
  readonly suffix?: string;
}

/**
 * Writes an amount for people: `$12.50 USD`, `12.50 USD`, `1000 JPY`. Decimals that the currency does not have appear only
 * when they are not zero: 100.50 of a currency without cents is still owed.
 */
export function displayAmount(hundredths: bigint, currency: DisplayCurrency): string {
  const negative = hundredths < 0n;
  const figure = shorten(formatAmount(negative ? -hundredths : hundredths), currency.decimals);
  const prefix = currency.prefix ?? '';
  const suffix = currency.suffix ?? (prefix === '' ? ` ${currency.code}` : '');
  return `${negative ? '-' : ''}${prefix}${figure}${suffix}`;
}

function shorten(figure: string, decimals: number): string {
  if (decimals >= 2) return figure;
  const odd = decimals === 1 ? figure.slice(-1) : figure.slice(-2);
  if (Number(odd) !== 0) return figure;
  return decimals === 1 ? figure.slice(0, -1) : figure.slice(0, -3);
}
