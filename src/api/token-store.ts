import type { Db } from '../db/index.ts';
import { fromMoment, toMoment } from '../db/index.ts';
import type { TokenStore } from './ports.ts';
import { rolePermissions } from './role-permissions.ts';
import { readScopes } from './scopes.ts';
import { tokenAdmin } from './token-admin.ts';

/** A use is written down no more often, so that a busy program costs one small write a minute. */
const TOUCH_EVERY_MS = 60_000;

/** Tokens of the API, found by their hash together with how their admin stands in WHMCS now. */
export function createTokenStore(db: Db): TokenStore {
  return {
    async find(sha256) {
      const row = await db
        .selectFrom('mod_creditbridge_api_tokens as t')
        .leftJoin('tbladmins as a', 'a.id', 't.admin_id')
        .select(['t.id', 't.admin_id', 't.scopes', 't.revoked_at', 't.last_used_at'])
        .select(['t.role_id', 't.role_permissions', 'a.disabled', 'a.roleid'])
        .where('t.token_sha256', '=', sha256)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const now =
        row.roleid === null
          ? new Map<number, readonly number[]>()
          : await rolePermissions(db, [row.roleid]);
      return {
        id: row.id,
        adminId: row.admin_id,
        scopes: readScopes(row.scopes),
        isRevoked: row.revoked_at !== null,
        admin: tokenAdmin(row, now.get(row.roleid ?? 0) ?? []),
        lastUsedAt: row.last_used_at === null ? undefined : fromMoment(row.last_used_at),
      };
    },
    async touch(id, at) {
      const before = toMoment(new Date(at.getTime() - TOUCH_EVERY_MS));
      await db
        .updateTable('mod_creditbridge_api_tokens')
        .set({ last_used_at: toMoment(at) })
        .where('id', '=', id)
        .where(({ eb, or }) =>
          or([eb('last_used_at', 'is', null), eb('last_used_at', '<', before)]),
        )
        .execute();
    },
  };
}
