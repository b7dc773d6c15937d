import { type RawBuilder, sql } from 'kysely';
import { lockTail, ROW_SHA256 } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import { clip, inTransaction } from '../db/index.ts';

/** Width of `reason` and `halted_reason`. */
const REASON_MAX = 500;

/** After a restore, every process must find a higher number of rounds than it has seen; none is further ahead than this. */
const ROUNDS_AHEAD = 1000n;

/** Where tail and epoch stand. */
export interface TailState {
  readonly state: 'new' | 'adopting' | 'following' | 'stopped';
  readonly epoch: number;
  /** How the log was found to have gone back, or why the next adoption is made. */
  readonly reason: string;
  /** Only grows: a process that has seen a higher number knows that the database was restored. */
  readonly rounds: bigint;
  /** `halted` of the settings row: `''`, `restored`, `readopt` or `continue` (bridge/README.md). */
  readonly halted: string;
}

export async function readTailState(db: Db): Promise<TailState> {
  const { rows } = await sql<Omit<TailState, 'state'> & { readonly state: string }>`
    SELECT t.state, t.epoch, t.reason, t.rounds, s.halted
    FROM mod_creditbridge_tail t JOIN mod_creditbridge_settings s ON s.id = 1 WHERE t.id = 1`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('The row of the tail or of the settings is gone.');
  const { epoch, reason, rounds, halted } = row;
  return { state: toState(row.state), epoch, reason, rounds, halted };
}

const STATES: readonly TailState['state'][] = ['new', 'adopting', 'following', 'stopped'];

function toState(text: string): TailState['state'] {
  const state = STATES.find((one) => one === text);
  if (state === undefined) throw new TypeError(`The tail cannot be ${text}.`);
  return state;
}

/** Stops the ledger and tells the shim, in one transaction. */
export async function haltLedger(db: Db, reason: string): Promise<void> {
  const text = clip(reason, REASON_MAX);
  await inTransaction(db, async (trx) => {
    await sql`UPDATE mod_creditbridge_tail SET state = 'stopped', reason = ${text} WHERE id = 1`.execute(
      trx,
    );
    await sql`UPDATE mod_creditbridge_settings SET halted = 'restored', halted_reason = ${text}
      WHERE id = 1 AND halted = ''`.execute(trx);
  });
}

/**
 * Has the next round adopt anew, because the admin said that the database was restored.
 *
 * @param seen the highest number of rounds that this process has seen
 */
export async function readoptLedger(db: Db, fence: bigint, seen: bigint): Promise<void> {
  await resume(db, fence, seen, sql`state = 'new', reason = 'restored'`);
}

/**
 * Goes on where the ledger stopped, because the admin said that nothing was restored. The newest row becomes the cursor,
 * and all rows are compared: what differs counts as changed by hand.
 *
 * @param seen the highest number of rounds that this process has seen
 */
export async function continueLedger(db: Db, fence: bigint, seen: bigint): Promise<void> {
  await resume(
    db,
    fence,
    seen,
    sql`state = IF(epoch = 0, 'new', IF(EXISTS (SELECT 1 FROM mod_creditbridge_epochs p
        WHERE p.epoch = mod_creditbridge_tail.epoch AND p.state <> 'done'), 'adopting', 'following')),
      reason = '', cursor_log_id = (SELECT COALESCE(MAX(id), 0) FROM tblcredit),
      cursor_sha256 = (SELECT ${ROW_SHA256} FROM tblcredit c ORDER BY c.id DESC LIMIT 1),
      compare_log_id = 0, compared_at = NULL`,
  );
}

async function resume(
  db: Db,
  fence: bigint,
  seen: bigint,
  how: RawBuilder<unknown>,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await lockTail(trx, fence);
    await sql`UPDATE mod_creditbridge_tail
      SET ${how}, rounds = GREATEST(rounds, ${seen}) + ${ROUNDS_AHEAD} WHERE id = 1`.execute(trx);
    await sql`UPDATE mod_creditbridge_settings SET halted = '', halted_reason = ''
      WHERE id = 1`.execute(trx);
  });
}
