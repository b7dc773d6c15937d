import type { Request } from 'express';
import {
  ApiError,
  type Caller,
  checkToken,
  readBearer,
  type Scope,
  type TokenStore,
} from '../../api/index.ts';

/**
 * Finds who calls.
 *
 * @throws {ApiError} `token-missing`, and what `checkToken` throws
 */
export function authenticate(
  tokens: TokenStore,
  scope: Scope,
  request: Request,
  at: Date,
): Promise<Caller> {
  const token = readBearer(request.get('authorization'));
  if (token === undefined) {
    throw new ApiError(
      'token-missing',
      'This needs a header "Authorization: Bearer cbt_…"; make a token on the addon page under API tokens.',
    );
  }
  return checkToken(tokens, token, scope, at);
}
