import { rolePermissions, type TokenAdmin, tokenAdmin } from '../../api/index.ts';
import { type Db, toMoment } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_SHOWN,
  toListing,
} from './paging.ts';

/** Time enough to make a token and give it to whoever uses it. */
const TOLD_BEFORE_MS = 14 * 86_400_000;
const EXPIRING_TOLD = 5;

export interface ApiTokenRow {
  readonly id: string;
  /** Whose it is. */
  readonly adminId: number;
  readonly name: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly createdAt: UtcText;
  readonly expiresAt: UtcText;
  readonly lastUsedAt: UtcText | null;
  readonly revokedAt: UtcText | null;
  /** How its admin stands in WHMCS now; it works only while this is `proven`. */
  readonly admin: TokenAdmin;
}

/** Tokens of one admin: those that work first, each newest first. An admin has a few. */
export async function listApiTokens(
  db: Db,
  adminId: number,
  limit: number,
): Promise<readonly ApiTokenRow[]> {
  const rows = await selectTokens(db)
    .where('t.admin_id', '=', adminId)
    .orderBy(({ eb }) => eb('t.revoked_at', 'is not', null))
    .orderBy('t.id', 'desc')
    .limit(limit)
    .execute();
  return toTokens(db, rows);
}

/** Tokens of all other admins that nobody revoked, newest first; there are few enough to go through by id. */
export async function listOthersApiTokens(
  db: Db,
  adminId: number,
  after: Cursor,
): Promise<Listing<ApiTokenRow>> {
  const [before] = decodeCursor(after, 1) ?? [];
  const rows = await selectTokens(db)
    .where('t.admin_id', '!=', adminId)
    .where('t.revoked_at', 'is', null)
    .$if(before !== undefined, (query) => query.where('t.id', '<', before ?? ''))
    .orderBy('t.id', 'desc')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(await toTokens(db, rows), ({ id }) => encodeCursor(id));
}

function selectTokens(db: Db) {
  return db
    .selectFrom('mod_creditbridge_api_tokens as t')
    .leftJoin('tbladmins as a', 'a.id', 't.admin_id')
    .select(['t.id', 't.name', 't.scopes', 't.created_at', 't.expires_at'])
    .select(['t.last_used_at', 't.revoked_at'])
    .select(['t.admin_id', 't.role_id', 't.role_permissions', 'a.disabled', 'a.roleid']);
}

async function toTokens(
  db: Db,
  rows: Awaited<ReturnType<ReturnType<typeof selectTokens>['execute']>>,
): Promise<readonly ApiTokenRow[]> {
  const roles = new Set(rows.flatMap(({ roleid }) => roleid ?? []));
  const now = await rolePermissions(db, [...roles]);
  return rows.map((row) => ({
    id: row.id,
    adminId: row.admin_id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    admin: tokenAdmin(row, now.get(row.roleid ?? 0) ?? []),
  }));
}

/** Working tokens whose time is over soon: who uses them needs new ones. */
export async function tokensExpiring(
  db: Db,
  now: Date,
): Promise<readonly { readonly name: string; readonly expiresAt: UtcText }[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_api_tokens')
    .select(['name', 'expires_at'])
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', toMoment(now))
    .where('expires_at', '<=', toMoment(new Date(now.getTime() + TOLD_BEFORE_MS)))
    .orderBy('expires_at')
    .limit(EXPIRING_TOLD)
    .execute();
  return rows.map(({ name, expires_at }) => ({ name, expiresAt: expires_at }));
}
