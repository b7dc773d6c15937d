/**
 * Amounts are bigint hundredths, for every currency, because that is how WHMCS stores them (whmcs.md §2.9). A JavaScript
 * number never holds money, and every division names its rounding.
 */
export { formatAmount, parseAmount } from './amount.ts';
export { least, most } from './compare.ts';
export { type DisplayCurrency, displayAmount } from './display-amount.ts';
export {
  type InvoiceFigures,
  type InvoiceMoney,
  type InvoiceRows,
  moneyOfInvoice,
} from './invoice-money.ts';
export { MoneyError } from './money-error.ts';
export { allocate, convert, percentageOf, share } from './parts.ts';
export { divide, type Rounding, roundings, roundToCurrency } from './rounding.ts';
export { spread } from './spread.ts';
