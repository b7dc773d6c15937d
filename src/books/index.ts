export { type AccountSums, NOTHING_YET, sumsAfter, writeAccounts } from './accounts.ts';
export { carriedEntries, closingEntry, type EndingAccount } from './carry-over.ts';
export { changeCurrency } from './change-currency.ts';
export { correctedAmong } from './corrected-among.ts';
export { type CreditOnInvoice, creditLeftOn, creditOnInvoice } from './credit-on-invoice.ts';
export { doubtOfMerge, type Merge } from './doubt-of-merge.ts';
export { figuresMove } from './figures-move.ts';
export { type KeptParking, keepParked } from './keep-parked.ts';
export {
  type KeptOff,
  keepOff,
  keptOffAmong,
  letCreditOn,
  noteHands,
  readKeptOff,
} from './kept-off.ts';
export { type Account, type AccountKey, accountKey, grantsWhere } from './load-books.ts';
export { type LockedTail, lockTail } from './lock-tail.ts';
export {
  type ExplainRows,
  LOGGED_COLUMNS,
  type LoggedColumns,
  type LoggedRow,
  MOVES_CREDIT,
  movesCredit,
  ROW_SHA256,
  readLog,
  toLoggedRow,
  unexplained,
} from './log-rows.ts';
export { mergeChanges } from './merge-changes.ts';
export { type CreditedInvoice, creditedInvoices, surplusOn } from './over-credited.ts';
export { readAccounts, readAccountsOf } from './read-accounts.ts';
export { entriesOf, findEntry, listEntries, selectEntries, toEntry } from './read-entries.ts';
export { readEpoch } from './read-epoch.ts';
export { type Following, readFollowing } from './read-following.ts';
export { findGrant, listGrants } from './read-grants.ts';
export { readLiability } from './read-liability.ts';
export { type AccountPart, readParts } from './read-parts.ts';
export { readAllEntries, readAllGrants } from './read-whole-lists.ts';
export { recordEntries } from './record-entries.ts';
export { acceptedDifference, explainedAnew } from './repair.ts';
export {
  acceptDrift,
  explainEntry,
  isDifferenceAsSeen,
  type RepairTold,
  settleFinding,
  sizeOfEntry,
  takeBackEntry,
  whyNotExplain,
} from './repair-drift.ts';
export { reversalsOf } from './reversals-of.ts';
export {
  clientStory,
  entryStory,
  grantStory,
  invoiceStory,
  notedLimitsOf,
} from './stories/index.ts';
export { TAKEN_BACK } from './taken-back.ts';
export { writeChanges } from './write-changes.ts';
export { type EntryToWrite, writeEntries } from './write-entries.ts';
