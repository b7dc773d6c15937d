import type { Request } from 'express';
import { type ApiContext, ApiError, checkToken, readBearer, type Scope } from '../../api/index.ts';

/**
 * Identifies the caller by its token.
 *
 * @throws {ApiError} `token-missing`, and what `checkToken` throws
 */
export function authenticate(
  { db, now }: Pick<ApiContext, 'db' | 'now'>,
  scope: Scope,
  request: Request,
): ReturnType<typeof checkToken> {
  const token = readBearer(request.get('authorization'));
  if (token === undefined) {
    throw new ApiError(
      'token-missing',
      'This call needs a header "Authorization: Bearer cbt_…"; create a token on the addon page under API tokens.',
    );
  }
  return checkToken(db, token, scope, now());
}
