import type { Db } from '../db/index.ts';

/** Whether WHMCS still has this client. */
export async function isInWhmcs(db: Db, clientId: number): Promise<boolean> {
  const row = await db
    .selectFrom('tblclients')
    .select('id')
    .where('id', '=', clientId)
    .executeTakeFirst();
  return row !== undefined;
}
