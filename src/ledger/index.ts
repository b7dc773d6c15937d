/** The reasons for a balance: entries, grants and draw-downs. Imports only `money` and `base`. */
export {
  type Act,
  act,
  actNames,
  type GrantTerms,
  grantTerms,
  NAMED_GRANTS_MAX,
  plainTerms,
  readAct,
  readStoredAct,
  type StoredAct,
  writeAct,
} from './act.ts';
export { type Loads, loadsFor } from './book/loads-for.ts';
export { type OpenBook, openBook } from './book/open-book.ts';
export { openingGrants } from './book/opening-grants.ts';
export { type Replayed, replay } from './book/replay.ts';
export type {
  Book,
  Changes,
  DrawCriterion,
  DrawDown,
  Grant,
  LedgerSettings,
  Posting,
  Spend,
} from './book/types.ts';
export { type DraftAct, directionOf, type Entry, type Explained, type LogRow } from './entry.ts';
export type { EntryDraft, MirroredRow } from './entry-draft.ts';
export * from './explain/index.ts';
export {
  type Bonus,
  type FlowedBack,
  type FlowingBack,
  flowBack,
  type PaidCredit,
  type Reversal,
  reverse,
  withoutMoney,
} from './flow-back.ts';
export {
  counterAccount,
  type EntryKind,
  type Evidence,
  entryKinds,
  evidences,
  type GrantKind,
  grantKinds,
  readEntryKind,
  readEvidence,
  readGrantKind,
} from './kinds.ts';
export { LedgerError } from './ledger-error.ts';
export * from './liability.ts';
export {
  type AcceptedKind,
  acceptedKinds,
  grantKindOf,
  isOriginOf,
  isOwnMoney,
  type Origin,
  originsIn,
  originsOut,
} from './origins.ts';
export * from './reads.ts';
export { DEFAULT_LEDGER_SETTINGS, ledgerSettings } from './settings.ts';
export * from './words/index.ts';
