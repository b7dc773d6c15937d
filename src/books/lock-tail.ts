import type { Transaction } from 'kysely';
import { StorageError } from '../base/index.ts';
import type { Database } from '../db/index.ts';

/** Where the tail stands, read under its lock. */
export interface LockedTail {
  readonly epoch: number;
  readonly state: string;
  readonly cursorLogId: number;
  readonly cursorSha256: Buffer | null;
  readonly nextSequence: bigint;
}

/**
 * Locks the row that guards all writes to the ledger, so that sequences are unique and without gaps.
 *
 * @param fence makes this fail when that leader no longer leads
 * @throws {StorageError} `leader-replaced`; the process that leads now does the work.
 */
export async function lockTail(trx: Transaction<Database>, fence?: bigint): Promise<LockedTail> {
  const row = await trx
    .selectFrom('mod_creditbridge_tail')
    .select(['epoch', 'state', 'fence', 'cursor_log_id as cursorLogId'])
    .select(['cursor_sha256 as cursorSha256', 'next_sequence as nextSequence'])
    .where('id', '=', 1)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (fence !== undefined && row.fence !== fence) {
    throw new StorageError(
      'leader-replaced',
      `Another process leads the ledger's tail: its fence is ${row.fence}, ours ${fence}. Nothing was written.`,
      { retry: true },
    );
  }
  return row;
}
