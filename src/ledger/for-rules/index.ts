/** What rules know of the ledger. It goes into the package for authors of rules, without the ledger itself. */
export type { Act } from '../act.ts';
export { flowBack } from '../flow-back.ts';
export type { EntryKind, GrantKind } from '../kinds.ts';
