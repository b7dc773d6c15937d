export { confirmDay } from './confirm-day.ts';
export { checkHealth } from './health.ts';
export { createPages } from './pages.ts';
export type { AdminStore, CommandRow, TracedDecision } from './ports.ts';
export { createAdminStore } from './queries/admin-store.ts';
export { createReconcileReads } from './queries/reconcile-reads.ts';
export { actorText } from './words/actor-text.ts';
