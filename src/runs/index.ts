/** The daily run: what is due is planned before WHMCS captures, reminds and suspends. */
export { createRuns, type DailyRuns, type Planner, type RunsOptions } from './create-runs.ts';
export { type DueGrant, type DueGrantsDependencies, tellDueGrants } from './due-grants.ts';
export { foundInLedger } from './found-in-ledger.ts';
export { PAGE_INVOICES_MAX } from './plan-page.ts';
export { type PlanRunOptions, planRun } from './plan-run.ts';
export type * from './ports.ts';
export type { Preview } from './preview.ts';
export { createRunSettings } from './run-settings.ts';
