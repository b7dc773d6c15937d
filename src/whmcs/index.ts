/** Reads WHMCS's tables: the rows a hook concerns, and the facts for the rules. Named columns only (src/db/rights.ts). */
export { amountIn } from './amount-in.ts';
export { currencyDecimals } from './currency-decimals.ts';
export { localDay, readDate } from './dates.ts';
export { type InvoiceNote, type InvoiceNow, invoiceNow } from './invoice-now.ts';
export { grossOf, type PendingOn, toInvoiceFacts } from './invoice-rows.ts';
export { invoicesOf } from './invoices-of.ts';
export { type LineRow, linesOf, toLineFacts } from './lines-of.ts';
export { locate } from './locate.ts';
export {
  type MoneyFigures,
  moneyFigures,
  type RawMoneyFigures,
  readMoneyFigures,
} from './money-figures.ts';
export { moneyNotKnown } from './money-not-known.ts';
export { type MoneyRowOfClient, moneyRowsOf } from './money-rows.ts';
export { adminNames, currencyCodes } from './names.ts';
export { ordersOf } from './orders-of.ts';
export { parseSwitch } from './parse-switch.ts';
export { paymentsOf, paymentsSince } from './payments-of.ts';
export {
  type Containers,
  containersOf,
  grossOfLines,
  type RepeatedMoney,
  receivedFor,
  repeatedIn,
  repeatedMoneyOf,
} from './received-for.ts';
export { refundsOf } from './refunds-of.ts';
export { renewalsOf } from './renewals-of.ts';
export { type MoneyOfDay, moneyByDay, revenueOf, revenueOn } from './revenue-of.ts';
export { servicesOf } from './services-of.ts';
