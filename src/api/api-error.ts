import { type RefusalCode, type Refused, refusalCodes } from '../operations/index.ts';

/** Every error code of the API, and its HTTP status. docs/api.md explains them. */
export const apiStatuses = {
  ...operationStatuses({
    'client-unknown': 404,
    'grant-unknown': 404,
    'approval-unknown': 404,
    'parking-unknown': 404,
    'parking-settled': 409,
    'parking-moving': 409,
    'parking-refunded': 409,
    'others-may-agree': 403,
    'own-proposal': 403,
    'own-settings': 403,
    'not-as-it-was': 409,
    'not-the-proposer': 403,
    'id-reused': 409,
    'already-decided': 409,
    'already-so': 409,
    'proposal-unreadable': 409,
    'settings-changed': 409,
    'client-busy': 409,
    'ledger-behind': 409,
    'drift-open': 409,
    'approval-expired': 410,
    'not-paired': 503,
    halted: 503,
    frozen: 503,
  }),
  'request-invalid': 400,
  'idempotency-key-missing': 400,
  'token-missing': 401,
  'token-unknown': 401,
  'token-revoked': 401,
  'token-expired': 401,
  'admin-inactive': 403,
  'admin-role-changed': 403,
  'scope-missing': 403,
  'not-found': 404,
  'rule-unknown': 404,
  'version-unknown': 404,
  'entry-unknown': 404,
  'invoice-unknown': 404,
  'operation-unknown': 404,
  'method-not-allowed': 405,
  'idempotency-key-reused': 409,
  'body-too-large': 413,
  'not-adopted': 503,
  'not-ready': 503,
  'storage-unavailable': 503,
  'internal-error': 500,
} as const satisfies Readonly<Record<string, number>>;
export type ApiCode = keyof typeof apiStatuses;
export const apiCodes = Object.keys(apiStatuses) as readonly ApiCode[];

/** More about an error. */
export interface ApiErrorDetails {
  /** Each place of the call that is wrong, as a path with dots. */
  readonly issues: readonly { readonly at: string; readonly message: string }[];
}

/** A call of the API that is refused, with the reason. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiCode;
  readonly details: ApiErrorDetails | undefined;

  constructor(code: ApiCode, message: string, details?: ApiErrorDetails) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The caller can do nothing until somebody makes it a token that is good for the call. */
export const OF_THE_TOKEN = [
  'token-missing',
  'token-unknown',
  'token-revoked',
  'token-expired',
  'admin-inactive',
  'admin-role-changed',
  'scope-missing',
] as const satisfies readonly ApiCode[];

/** What any call may be refused with, whatever it asks for; beside it, endpoints declare what theirs can answer. */
export const OF_EVERY_CALL = [
  'request-invalid',
  ...OF_THE_TOKEN,
  'internal-error',
  'not-ready',
  'storage-unavailable',
] as const satisfies readonly ApiCode[];

/** Refuses a call, with a code that its endpoint declares. */
export type Refuse<Code extends ApiCode> = (code: Code, message: string) => ApiError;

/** The refusal of an act without those codes that it cannot have here, such as a missing reason where a schema asks for one. */
export function without<Code extends RefusalCode, Never extends Code>(
  { code, message }: Refused<Code>,
  never: readonly Never[],
): { readonly code: Exclude<Code, Never>; readonly message: string } {
  if (never.some((one) => one === code)) {
    throw new TypeError(`An act of the API cannot be refused with ${code}: ${message}`);
  }
  return { code: code as Exclude<Code, Never>, message };
}

/** Every other refusal is 422: the call was correct, and the data prevents it, such as a balance that is too small. */
function operationStatuses<const Some extends Partial<Record<RefusalCode, number>>>(some: Some) {
  const rest = Object.fromEntries(refusalCodes.map((code) => [code, 422]));
  return { ...rest, ...some } as Record<Exclude<RefusalCode, keyof Some>, 422> & Some;
}
