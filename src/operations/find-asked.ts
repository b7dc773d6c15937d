import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, readStored } from '../db/index.ts';
import { type Operation, operation } from './operation.ts';

/** What was asked for, as the audit of a proposal keeps it. */
export const asked = z.object({ operation, reason: z.string() });

/** What was asked under this id before, whatever became of it; null when the id belongs to something else. */
export async function findAsked(
  trx: Transaction<Database>,
  id: string,
): Promise<Operation | null | undefined> {
  const row = await trx
    .selectFrom('mod_creditbridge_audit')
    .select('details')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return readStored(asked, row.details)?.operation ?? null;
}
