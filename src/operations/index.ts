/** What admins do by hand: credit given, taken, moved and revoked, with approval by a second admin; freezing clients. */
export { type Actor, type Admin, actorName, type Client } from './actor.ts';
export { hasApprovalAmounts, readApprovalAmounts } from './approval-amounts.ts';
export { type Limits, limitIn, readLimits } from './approval-limits.ts';
export { type Approval, approvalStates, findApproval, listApprovals } from './approvals.ts';
export { type AuditChain, checkAudit } from './check-audit.ts';
export { type ConfigurationValue, hasAlready } from './configuration-value.ts';
export { createOperations, type Operations } from './create-operations.ts';
export { type DoneLately, doneLately } from './done-lately.ts';
export { frozenClients } from './frozen-clients.ts';
export { giveBackExpired } from './give-back-expired.ts';
export { readGivesBackSurplus, saveGivesBackSurplus } from './gives-back-surplus.ts';
export { type GrantUse, grantsUsedBy } from './grants-used-by.ts';
export { hasNoCap } from './has-no-cap.ts';
export { REASON_MAX_CHARACTERS } from './limits.ts';
export { type Movements, movementsSince } from './movements-since.ts';
export { offersTo } from './offers-to.ts';
export {
  addOperation,
  deductOperation,
  type ManualOperation,
  manualOperation,
  type Operation,
  operation,
  operationKinds,
  parkOperation,
  reclaimOperation,
  returnOperation,
  revokeOperation,
  thresholdOperation,
  transferOperation,
} from './operation.ts';
export { outerLimits } from './outer-limits.ts';
export type { Proposed } from './proposed.ts';
export { pruneAudit } from './prune-audit.ts';
export { type ClientBalance, readBalance, readBalances } from './read-balance.ts';
export { type RefusalCode, type Refused, refusalCodes } from './refusal.ts';
export { useToken } from './use-token.ts';
export { approvalAmountVersions, ledgerSettingsVersions, type Version } from './versions.ts';
export { type WitnessedNow, witnessedNow } from './witnessed-now.ts';
