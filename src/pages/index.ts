export { confirmDay } from './confirm-day.ts';
export { createPages, type Pages } from './create-pages.ts';
export { checkHealth } from './health.ts';
export { tokensExpiring } from './queries/api-tokens.ts';
export { commandCounts } from './queries/commands.ts';
export { readBacklog, refusedSince } from './queries/health.ts';
export { findInstallation } from './queries/installation.ts';
export { listFaults } from './queries/rule-faults.ts';
