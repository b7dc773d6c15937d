export { confirmDay } from './confirm-day.ts';
export { createPages, type Pages } from './create-pages.ts';
export { checkHealth } from './health.ts';
export { findInstallation } from './queries/installation.ts';
export { REFUSED_AT } from './queries/refused-calls.ts';
export { readHealth } from './read-health.ts';
