import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';

/**
 * The numbers of what WHMCS's admin roles allow, by role (whmcs.md §5, `tbladminperms`). Their meaning is not documented, so
 * they only tell whether a role has all that it had.
 */
export async function rolePermissions(
  db: Kysely<Database>,
  roleIds: readonly number[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  if (roleIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('tbladminperms')
    .select(['roleid', 'permid'])
    .distinct()
    .where('roleid', 'in', roleIds)
    .orderBy('permid')
    .execute();
  const byRole = Map.groupBy(rows, ({ roleid }) => roleid);
  return new Map([...byRole].map(([role, some]) => [role, some.map(({ permid }) => permid)]));
}
