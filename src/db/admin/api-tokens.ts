import type { ApiTokenRow } from '../../admin/index.ts';
import type { Db } from '../connect.ts';

/** Tokens of one admin: those that work first, each newest first. An admin has a few. */
export async function listApiTokens(
  db: Db,
  adminId: number,
  limit: number,
): Promise<readonly ApiTokenRow[]> {
  return db
    .selectFrom('mod_creditbridge_api_tokens')
    .select(['id', 'name', 'scopes', 'created_at as createdAt'])
    .select(['last_used_at as lastUsedAt', 'revoked_at as revokedAt'])
    .where('admin_id', '=', adminId)
    .orderBy(({ eb }) => eb('revoked_at', 'is not', null))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
