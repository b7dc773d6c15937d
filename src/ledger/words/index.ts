/** The ledger in sentences that an admin may forward to a client. */
export { givenAs } from './plain.ts';
export type {
  ClientStory,
  EntryStory,
  GrantStory,
  GrantUse,
  InvoiceStory,
  LedgerStories,
  ToldEntry,
} from './stories.ts';
export { tellClient } from './tell-client.ts';
export { tellEntry } from './tell-entry.ts';
export { type TitleOf, tellGrant } from './tell-grant.ts';
export { tellInvoice } from './tell-invoice.ts';
