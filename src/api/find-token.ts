import type { Db } from '../db/index.ts';
import { fromMoment, toMoment } from '../db/index.ts';
import { rolePermissions } from './role-permissions.ts';
import { readScopes, type Scope } from './scopes.ts';
import { type TokenAdmin, tokenAdmin } from './token-admin.ts';

/** A use is written down no more often, so that a busy program costs one small write a minute. */
const TOUCH_EVERY_MS = 60_000;

export interface FoundToken {
  readonly id: string;
  readonly adminId: number;
  readonly scopes: readonly Scope[];
  readonly isRevoked: boolean;
  /** UTC. */
  readonly expiresAt: Date;
  readonly admin: TokenAdmin;
  /** UTC. */
  readonly lastUsedAt: Date | undefined;
}

/** A token of the API by its hash, with how its admin stands in WHMCS now. */
export async function findToken(db: Db, sha256: Buffer): Promise<FoundToken | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_api_tokens as t')
    .leftJoin('tbladmins as a', 'a.id', 't.admin_id')
    .select(['t.id', 't.admin_id', 't.scopes', 't.expires_at', 't.revoked_at', 't.last_used_at'])
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
    expiresAt: fromMoment(row.expires_at),
    admin: tokenAdmin(row, now.get(row.roleid ?? 0) ?? []),
    lastUsedAt: row.last_used_at === null ? undefined : fromMoment(row.last_used_at),
  };
}

/** Notes that a token was used, once a minute at most. */
export async function noteUse(
  db: Db,
  { id, lastUsedAt }: Pick<FoundToken, 'id' | 'lastUsedAt'>,
  at: Date,
): Promise<void> {
  const before = new Date(at.getTime() - TOUCH_EVERY_MS);
  if (lastUsedAt !== undefined && lastUsedAt >= before) return;
  await db
    .updateTable('mod_creditbridge_api_tokens')
    .set({ last_used_at: toMoment(at) })
    .where('id', '=', id)
    .where(({ eb, or }) =>
      or([eb('last_used_at', 'is', null), eb('last_used_at', '<', toMoment(before))]),
    )
    .execute();
}
