import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { toMoment } from './moment.ts';

/** How long things are kept. What moved money is kept for ever and is not listed here. */
export interface Retention {
  /** The content of deliveries. */
  readonly payloadDays: number;
  /** Deliveries themselves, decisions without effect, answered notices, audit. */
  readonly recordDays: number;
}

export const USUAL_RETENTION: Retention = { payloadDays: 30, recordDays: 396 };

/** What the shim never sent a third time: the hook's transaction was rolled back and took the spool row with it. */
const NEVER_VISIBLE_DAYS = 1;
/** A form can't be posted twice after this time: the page it was on is long gone. */
const ONCE_TOKEN_DAYS = 2;

/** Rows in one statement, so that no page waits for pruning and a replica keeps up. */
const BATCH_ROWS = 500;
/** Statements in one go for each kind; what is left waits for the next hour. */
const BATCHES_MAX = 200;

const DAY_MS = 86_400_000;

/** Rows that were emptied or removed. */
export interface Pruned {
  readonly payloads: number;
  readonly records: number;
}

/**
 * Removes what is older than its time, in small batches by indexed times; each is committed by itself, so it can be stopped
 * at any moment.
 */
export async function prune(
  db: Db,
  now: Date,
  { payloadDays, recordDays }: Retention = USUAL_RETENTION,
): Promise<Pruned> {
  const before = (days: number) => toMoment(new Date(now.getTime() - days * DAY_MS));
  const records = before(recordDays);
  const payloads = await inBatches(
    db,
    (limit) => sql`
    UPDATE mod_creditbridge_deliveries SET item = NULL
    WHERE received_at < ${before(payloadDays)} AND item IS NOT NULL
    ORDER BY received_at LIMIT ${limit}`,
  );
  const removals = [
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_deliveries
      WHERE outcome = 'not-visible-yet' AND received_at < ${before(NEVER_VISIBLE_DAYS)}
      ORDER BY received_at LIMIT ${limit}`,
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_deliveries WHERE received_at < ${records}
      ORDER BY received_at LIMIT ${limit}`,
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_decisions
      WHERE last_at < ${records} AND outcome <> 'effect' ORDER BY last_at LIMIT ${limit}`,
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_notices WHERE seen_at < ${records}
      ORDER BY seen_at LIMIT ${limit}`,
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_audit WHERE at < ${records} ORDER BY at LIMIT ${limit}`,
    (limit: number) => sql`
      DELETE FROM mod_creditbridge_once_tokens WHERE used_at < ${before(ONCE_TOKEN_DAYS)}
      ORDER BY used_at LIMIT ${limit}`,
  ];
  let removed = 0;
  for (const removal of removals) removed += await inBatches(db, removal);
  return { payloads, records: removed };
}

async function inBatches(
  db: Db,
  statement: (limit: number) => ReturnType<typeof sql>,
): Promise<number> {
  let sum = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const { numAffectedRows } = await statement(BATCH_ROWS).execute(db);
    sum += Number(numAffectedRows ?? 0n);
    if (Number(numAffectedRows ?? 0n) < BATCH_ROWS) break;
  }
  return sum;
}
