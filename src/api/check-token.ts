import type { Db } from '../db/index.ts';
import type { Admin } from '../operations/index.ts';
import { ApiError } from './api-error.ts';
import { findToken, noteUse } from './find-token.ts';
import { permissionOf, type Scope } from './scopes.ts';
import { hashToken } from './token.ts';
import type { TokenAdmin } from './token-admin.ts';

/**
 * Finds whose token this is, and whether it may do this now. The admin is looked at with every use: an admin who was disabled or
 * removed in WHMCS, or got another role or one that allows less, is out at once.
 *
 * @throws {ApiError} `token-unknown`, `token-revoked`, `token-expired`, `admin-inactive`, `admin-role-changed`, `scope-missing`
 */
export async function checkToken(db: Db, token: string, scope: Scope, at: Date): Promise<Admin> {
  const found = await findToken(db, hashToken(token));
  if (found === undefined) throw new ApiError('token-unknown', 'No such token exists here.');
  if (found.isRevoked) throw new ApiError('token-revoked', 'This token was revoked.');
  if (found.expiresAt <= at) {
    throw new ApiError(
      'token-expired',
      `This token worked until ${found.expiresAt.toISOString()}.`,
    );
  }
  const { adminId, scopes, admin } = found;
  if (admin !== 'proven') throw unproven(admin, adminId, scope);
  if (!scopes.includes(scope)) {
    throw new ApiError(
      'scope-missing',
      `This needs a token with the scope "${scope}"; this one has ${scopes.join(', ') || 'none'}.`,
    );
  }
  await noteUse(db, found, at);
  return { kind: 'admin', adminId };
}

function unproven(admin: Exclude<TokenAdmin, 'proven'>, adminId: number, scope: Scope): ApiError {
  const which = `Admin #${adminId}, who made this token,`;
  switch (admin) {
    case 'gone':
      return new ApiError('admin-inactive', `${which} is gone in WHMCS.`);
    case 'disabled':
      return new ApiError('admin-inactive', `${which} is disabled in WHMCS.`);
    case 'other-role':
      return roleChanged(`${which} has another role in WHMCS since.`, scope);
    case 'role-lost':
      return roleChanged(
        `The role of admin #${adminId}, who made this token, lost permissions in WHMCS since.`,
        scope,
      );
  }
}

function roleChanged(what: string, scope: Scope): ApiError {
  return new ApiError(
    'admin-role-changed',
    `${what} This needs the permission ${permissionOf(scope)}, which is not proven any more. An admin who has it makes a new token on the addon page, under API tokens.`,
  );
}
