/** The API for programs: its endpoints, who may call them, and its description. Knows neither HTTP nor SQL. */
export { ApiError, apiStatuses } from './api-error.ts';
export { checkToken } from './check-token.ts';
export { csvColumns, entryRow, grantRow, liabilityRows } from './csv-rows.ts';
export type { ApiCall, ApiEndpoint, Caller, CsvRow } from './define-api-endpoint.ts';
export { apiEndpoints } from './endpoints/all.ts';
export { createLedgerExports } from './ledger-exports.ts';
export { createOpenapi, IDEMPOTENCY_KEY_PATTERN } from './openapi.ts';
export type { ApiPorts, ExplainSubject, TokenAdmin, TokenStore } from './ports.ts';
export { createPresent, type Present } from './present.ts';
export { sequenceCursor } from './read-parameters.ts';
export { refuseFuture } from './refuse-future.ts';
export { createRequestStore } from './request-store.ts';
export { rolePermissions } from './role-permissions.ts';
export { readScopes, type Scope, scopes, scopesOf } from './scopes.ts';
export { hashToken, isToken, newToken, readBearer } from './token.ts';
export { tokenAdmin } from './token-admin.ts';
export { createTokenStore } from './token-store.ts';
export { type CsvOptions, safeCell, writeCsv } from './write-csv.ts';
