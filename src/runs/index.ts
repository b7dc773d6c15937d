/** The daily run: plans due invoices and grants before WHMCS captures, reminds and suspends. */
export { createAskedGrants } from './asked-grants.ts';
export { createRuns, type DailyRuns, type Planner } from './create-runs.ts';
export { dailyQuestions } from './daily-clients.ts';
export { tellDueGrants } from './due-grants.ts';
export { dueQuestions } from './due-questions.ts';
export {
  balanceChanged,
  foundInLedger,
  isArrival,
  LEDGER_POINTS,
  madeKnownBy,
} from './found-in-ledger.ts';
export { expiredGrants, refundedGrants } from './list-due-grants.ts';
export { planRun, RANGES_AT_ONCE } from './plan-run.ts';
export { type Preview, previewRun } from './preview.ts';
export { createRunSettings } from './run-settings.ts';
export type { Run, RunStore } from './run-store.ts';
export { createRunStore } from './run-store.ts';
export { type RunWishes, wishesOf } from './run-wishes.ts';
