const known = new Map<string, number>();

/** WHMCS stores no more than hundredths (whmcs.md §2.9), so a currency's third decimal does not exist here. */
const DECIMALS_MAX = 2;

/**
 * Returns a currency's digits after the point, by its ISO 4217 code: 2 for most, 0 for JPY. Codes are free text in WHMCS
 * (whmcs.md §5); one that is not an ISO code has 2.
 */
export function currencyDecimals(code: string): number {
  let decimals = known.get(code);
  if (decimals === undefined) {
    decimals = Math.min(DECIMALS_MAX, isoDecimals(code));
    known.set(code, decimals);
  }
  return decimals;
}

function isoDecimals(code: string): number {
  if (!/^[A-Za-z]{3}$/.test(code)) return DECIMALS_MAX;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  return format.resolvedOptions().maximumFractionDigits ?? DECIMALS_MAX;
}
