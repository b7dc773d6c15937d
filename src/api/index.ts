/** The API for programs: its endpoints, who may call them, and its description. The command line is made from the same endpoints. */

export type { ApiCall } from './api-call.ts';
export { ApiError, apiStatuses, OF_THE_TOKEN } from './api-error.ts';
export { checkToken } from './check-token.ts';
export type { CliForm, Table, Told } from './cli-form.ts';
export type { ApiContext } from './context.ts';
export { csvColumns, liabilityRows } from './csv-rows.ts';
export type { ApiEndpoint, CsvAnswer, CsvRow, JsonAnswer } from './define-api-endpoint.ts';
export { apiEndpoints } from './endpoints/all.ts';
export { exportEntries } from './endpoints/export-entries.ts';
export { exportGrants } from './endpoints/export-grants.ts';
export { createOpenapi, IDEMPOTENCY_KEY_PATTERN } from './openapi.ts';
export { readCall } from './read-call.ts';
export { rolePermissions } from './role-permissions.ts';
export { readScopes, type Scope, scopes, scopesOf } from './scopes.ts';
export { hashToken, isToken, readBearer } from './token.ts';
export { type TokenAdmin, tokenAdmin } from './token-admin.ts';
export { type CsvOptions, csvText, safeCell, writeCsv } from './write-csv.ts';
