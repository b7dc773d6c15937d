import { readScopes, type TokenStore } from '../../api/index.ts';
import type { Db } from '../connect.ts';
import { fromMoment, toMoment } from '../moment.ts';

/** A use is written down no more often, so that a busy program costs one small write a minute. */
const TOUCH_EVERY_MS = 60_000;

/** Tokens of the API, found by their hash together with whether their admin is still there. */
export function createTokenStore(db: Db): TokenStore {
  return {
    async find(sha256) {
      const row = await db
        .selectFrom('mod_creditbridge_api_tokens as t')
        .leftJoin('tbladmins as a', 'a.id', 't.admin_id')
        .select(['t.id', 't.admin_id', 't.scopes', 't.revoked_at', 't.last_used_at'])
        .select(['a.id as admin', 'a.disabled', 'a.roleid', 't.role_id'])
        .where('t.token_sha256', '=', sha256)
        .executeTakeFirst();
      return row === undefined
        ? undefined
        : {
            id: row.id,
            adminId: row.admin_id,
            scopes: readScopes(row.scopes),
            isRevoked: row.revoked_at !== null,
            isAdminActive: row.admin !== null && row.disabled === 0,
            isSameRole: row.roleid === row.role_id,
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
