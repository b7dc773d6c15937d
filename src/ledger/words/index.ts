/** The ledger in sentences that an admin may forward to a client. */
export { type EntryWords, entryWords } from './entry-words.ts';
export { type GrantWords, grantWords } from './grant-words.ts';
export type {
  ClientStory,
  EntryStory,
  GrantStory,
  GrantUse,
  InvoiceStory,
  NotedLimit,
  ToldEntry,
} from './stories.ts';
export { tellClient } from './tell-client.ts';
export { tellEntry } from './tell-entry.ts';
export { type TitleOf, tellGrant, type WhenMoneyGoesBack } from './tell-grant.ts';
export { tellInvoice } from './tell-invoice.ts';
export { entryLine, INVOICE_HERE } from './tell-kind.ts';
export { tellNotedLimits } from './tell-noted-limits.ts';
