import type { Request } from 'express';
import {
  ApiError,
  type Caller,
  hashToken,
  readBearer,
  type Scope,
  type TokenStore,
} from '../../api/index.ts';

/** A use of a token is written down no more often. */
const TOUCH_EVERY_MS = 60_000;

/**
 * Finds who calls. The admin is looked at with every call: whoever was disabled, removed or given another role in WHMCS is out at once.
 *
 * @throws {ApiError} `token-…`, `admin-inactive`, `admin-role-changed`, `scope-missing`
 */
export async function authenticate(
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
  const found = await tokens.find(hashToken(token));
  if (found === undefined) throw new ApiError('token-unknown', 'This token is none of ours.');
  if (found.isRevoked) throw new ApiError('token-revoked', 'This token was revoked.');
  if (!found.isAdminActive) {
    throw new ApiError(
      'admin-inactive',
      'The admin who made this token is disabled or gone in WHMCS.',
    );
  }
  if (!found.isSameRole) {
    throw new ApiError(
      'admin-role-changed',
      'The admin who made this token has another role in WHMCS since. Make a new token, with what that role allows.',
    );
  }
  if (!found.scopes.includes(scope)) {
    throw new ApiError(
      'scope-missing',
      `This needs a token with the scope "${scope}"; this one has ${found.scopes.join(', ') || 'none'}.`,
    );
  }
  const { id, adminId, lastUsedAt } = found;
  if (lastUsedAt === undefined || at.getTime() - lastUsedAt.getTime() > TOUCH_EVERY_MS) {
    await tokens.touch(id, at);
  }
  return { tokenId: id, adminId };
}
