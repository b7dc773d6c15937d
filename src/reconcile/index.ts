/** Does WHMCS still say what the ledger says, and what did no hook tell? */
export { carriedEntries, closingEntry, type EndingAccount } from './carry-over.ts';
export {
  createReconciliation,
  type FullLook,
  type Looked,
  type Progress,
  type Reconciliation,
  type ReconciliationDependencies,
} from './create-reconciliation.ts';
export {
  ALIKE_FOR_MS,
  type DriftSight,
  type DriftVerdict,
  judgeDrift,
  type KnownDrift,
} from './judge-drift.ts';
export type * from './ports.ts';
export { findingKinds, findingOutcomes } from './ports.ts';
export { type DriftSurroundings, presume } from './presume.ts';
export {
  acceptedDifference,
  type Explainable,
  explainedAnew,
  takenBack,
} from './repair.ts';
export { HOOK_GRACE_MS } from './sweeps/sweep.ts';
export { createTellMissed, type MissedHook, type TellMissed } from './tell-missed.ts';
