import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type Database, readStored } from '../db/index.ts';

const told = z.object({ creditAdmins: z.object({ ids: z.array(z.int()) }) });

/** The numbers of the admins who may agree, as the shim last told; null where it has not. */
export async function creditAdmins(db: Kysely<Database>): Promise<readonly number[] | null> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select('whmcs')
    .where('id', '=', 1)
    .executeTakeFirst();
  return (row && readStored(told, row.whmcs)?.creditAdmins.ids) ?? null;
}

/**
 * The only admin who may agree to anything, `admin:3`: no other active admin has a role with *Manage Credits*, as the shim last
 * told. Null where there are several, or the shim has not told.
 */
export async function soleAdmin(db: Kysely<Database>): Promise<string | null> {
  const ids = await creditAdmins(db);
  return ids?.length === 1 ? `admin:${ids[0]}` : null;
}
