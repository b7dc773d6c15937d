/** Does WHMCS still say what the ledger says, and what did no hook tell? */
export {
  createReconciliation,
  type FullLook,
  type Reconciliation,
} from './create-reconciliation.ts';
export { ALIKE_FOR_MS, judgeDrift, type KnownDrift } from './judge-drift.ts';
export { presume } from './presume.ts';
export { createTellMissed, type MissedHook } from './tell-missed.ts';
