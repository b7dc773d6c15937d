/** What admins do by hand: credit given, taken, moved and revoked, with approval by a second admin; freezing clients. */
export { type Actor, type Admin, actorName } from './actor.ts';
export type { Corrected, SeenDifference } from './correct-difference.ts';
export {
  type Asked,
  createOperations,
  type Operations,
  type OperationsDependencies,
  type Repeated,
  type Saved,
  type Swept,
} from './create-operations.ts';
export type { Decided } from './decide.ts';
export type { Frozen } from './freeze-client.ts';
export { APPROVAL_DAYS, REASON_MAX_CHARACTERS, SPLIT_HOURS } from './limits.ts';
export {
  addOperation,
  approvalAmounts,
  type CreditOperation,
  correctOperation,
  creditOperation,
  deductOperation,
  type ManualOperation,
  manualOperation,
  type Operation,
  operation,
  type RepairOperation,
  revokeOperation,
  thresholdOperation,
  transferOperation,
} from './operation.ts';
export { operationFact } from './plan.ts';
export * from './ports.ts';
export type { Asking, Proposed } from './propose.ts';
export type * from './reads.ts';
export { type RefusalCode, type Refused, refusalCodes, refused } from './refusal.ts';
export { ENTRY_GONE } from './repair-ledger.ts';
export type { ShowAmount } from './show-amount.ts';
