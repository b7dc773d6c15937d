import type { Transaction } from 'kysely';
import { type Database, type Db, inTransaction } from '../db/index.ts';
import { useToken } from '../operations/index.ts';

/** `repeated`: the token was used before, and nothing was done. */
export type OnceOutcome = 'done' | 'repeated';

/** Does the work once for this token, in one transaction with the token. A fault undoes both. */
export function once(
  { db, token, at }: { readonly db: Db; readonly token: string; readonly at: Date },
  work: (trx: Transaction<Database>) => Promise<void>,
): Promise<OnceOutcome> {
  return inTransaction(db, async (trx) => {
    if (!(await useToken(trx, token, at))) return 'repeated';
    await work(trx);
    return 'done';
  });
}
