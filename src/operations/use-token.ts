import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** Stores a form's once-token. Returns false when it was used before. */
export async function useToken(
  trx: Transaction<Database>,
  token: string,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('mod_creditbridge_once_tokens')
    .ignore()
    .values({ token, used_at: toMoment(at) })
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
