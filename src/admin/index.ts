/** Our pages inside WHMCS, for admins and clients. `src/db` implements the store they read and change. */

export { actorText } from './actor-text.ts';
export { type ConfirmDay, confirmDay } from './confirm-day.ts';
export { checkHealth, type HealthCheck } from './health.ts';
export { createPages, type PagesPorts } from './pages.ts';
export type * from './ports.ts';
export type * from './reconcile-ports.ts';
