import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { hashToken, type Scope } from '../../src/api/index.ts';
import type { ServiceDatabase } from './service-database.ts';

/** A token that nobody has. */
export function newToken(): string {
  return `cbt_${randomBytes(32).toString('base64url')}`;
}

/** Stores an API token of this admin as the shim does. @returns the token */
export async function storeToken(
  { query }: Pick<ServiceDatabase, 'query'>,
  adminId: number,
  scopes: readonly Scope[] = ['read', 'propose', 'approve'],
): Promise<string> {
  const token = newToken();
  await query(
    `INSERT INTO mod_creditbridge_api_tokens (id, admin_id, role_id, role_permissions, name, token_sha256, scopes, created_at, expires_at)
     SELECT ?, a.id, a.roleid,
       (SELECT COALESCE(GROUP_CONCAT(p.permid ORDER BY p.permid), '') FROM tbladminperms p WHERE p.roleid = a.roleid),
       'test', ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 365 DAY
     FROM tbladmins a WHERE a.id = ?`,
    [newId(), hashToken(token), scopes.join(' '), adminId],
  );
  return token;
}
