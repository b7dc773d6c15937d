/** Reading WHMCS's tables: which rows a hook is about, and the facts rules decide on. Named columns only (src/db/rights.ts). */
export { clientsOf } from './clients-of.ts';
export { currencyDecimals } from './currency-decimals.ts';
export { localDay, readDate } from './dates.ts';
export { type ExplainRows, explainRows } from './explain-rows.ts';
export { loadFacts } from './load-facts.ts';
export { locate } from './locate.ts';
