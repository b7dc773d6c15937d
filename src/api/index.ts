/** The API for programs: its endpoints, who may call them, and its description. Knows neither HTTP nor SQL. */
export { type ApiCode, ApiError, apiStatuses } from './api-error.ts';
export { checkToken } from './check-token.ts';
export { csvColumns, entryRow, grantRow, liabilityRows } from './csv-rows.ts';
export type { ApiCall, ApiEndpoint, Caller, CsvRow, CsvTable } from './define-api-endpoint.ts';
export { apiEndpoints } from './endpoints/all.ts';
export { createOpenapi, IDEMPOTENCY_KEY_PATTERN } from './openapi.ts';
export * from './ports.ts';
export { createPresent, type Present, presentEpoch } from './present.ts';
export { sequenceCursor } from './read-parameters.ts';
export { refuseFuture } from './refuse-future.ts';
export { readScopes, type Scope, scope, scopes, scopesOf } from './scopes.ts';
export { hashToken, isToken, newToken, readBearer } from './token.ts';
export { type CsvOptions, safeCell, writeCsv } from './write-csv.ts';
