import { formatAmount } from './amount.ts';

/** How a currency is shown; prefix and suffix as in `tblcurrencies`. */
export interface DisplayCurrency {
  readonly code: string;
  readonly decimals: number;
  readonly prefix?: string;
  readonly suffix?: string;
  /** As in `tblcurrencies`: 1 is `1234.56`, 2 is `1,234.56`, 3 is `1.234,56`, 4 is `1,234`; 1 when absent. */
  readonly format?: number;
}

const SEPARATORS: Readonly<Record<number, { readonly thousands: string; readonly point: string }>> =
  {
    2: { thousands: ',', point: '.' },
    3: { thousands: '.', point: ',' },
    4: { thousands: ',', point: '.' },
  };
const WITHOUT_DECIMALS = 4;

/**
 * Writes an amount for people: `$1,012.50 USD`, `12.50 USD`, `1000 JPY`. Decimals that the currency does not have appear only
 * when they are not zero: 100.50 of a currency without cents is still owed.
 */
export function displayAmount(hundredths: bigint, currency: DisplayCurrency): string {
  const negative = hundredths < 0n;
  const decimals = currency.format === WITHOUT_DECIMALS ? 0 : currency.decimals;
  const figure = separate(
    shorten(formatAmount(negative ? -hundredths : hundredths), decimals),
    currency.format,
  );
  const prefix = currency.prefix ?? '';
  const suffix = currency.suffix ?? (prefix === '' ? ` ${currency.code}` : '');
  return `${negative ? '-' : ''}${prefix}${figure}${suffix}`;
}

/** Writes a figure as WHMCS writes those of the currency. */
function separate(figure: string, format = 1): string {
  const separators = SEPARATORS[format];
  if (separators === undefined) return figure;
  const [whole = '', decimals] = figure.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, separators.thousands);
  return decimals === undefined ? grouped : `${grouped}${separators.point}${decimals}`;
}

function shorten(figure: string, decimals: number): string {
  if (decimals >= 2) return figure;
  const odd = decimals === 1 ? figure.slice(-1) : figure.slice(-2);
  if (Number(odd) !== 0) return figure;
  return decimals === 1 ? figure.slice(0, -1) : figure.slice(0, -3);
}
