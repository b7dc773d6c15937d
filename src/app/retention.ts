import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import { kindsWithoutMoney } from '../rules/settle/index.ts';

/** How long rows are kept. Rows about moved money are kept for ever and are not listed here. */
export interface Retention {
  /** The content of deliveries. */
  readonly payloadDays: number;
  /** Deliveries themselves, decisions that moved no money, answered notices, ranges of old runs. */
  readonly recordDays: number;
}

export const USUAL_RETENTION: Retention = { payloadDays: 30, recordDays: 396 };

/** For deliveries the shim never sent a third time: the hook's transaction was rolled back, and the spool row with it. */
const NEVER_VISIBLE_DAYS = 1;
/** After this time nobody posts a form twice: its page is long gone. */
const ONCE_TOKEN_DAYS = 2;

/** After this time nobody repeats an API call. */
const API_REQUEST_DAYS = 30;

/** What one admin did counts for a day. */
const ALONE_DAYS = 2;

/** A preview says what would be now; tomorrow it is run again. It names clients, so it goes as soon as what is erased of them. */
const PREVIEW_DAYS = 1;

/**
 * A proposal that nobody agreed to is needed by the sweep over corrections, which looks back as far. One of a rule is kept for ever:
 * its fact is not to be asked about again.
 */
const PROPOSAL_DAYS = 400;

/** Rows in one statement: few enough that no batch waits for pruning and a database replica keeps up. */
const BATCH_ROWS = 500;
/** Statements per kind in one pruning; the rest waits for the next hour. */
const BATCHES_MAX = 200;

/** Terms that one pruning looks at. */
const TERMS_LOOKED_AT = 20_000;

const DAY_MS = 86_400_000;

/** The number of rows emptied or deleted. */
export interface Pruned {
  readonly payloads: number;
  readonly records: number;
}

/** The statement that deletes or empties at most `limit` rows. */
type Removal = (limit: number) => ReturnType<typeof sql>;

/**
 * Deletes or empties rows past their time, in small batches by indexed times. Each batch is committed by itself, so pruning can
 * stop at any moment. Where most rows stay (decisions with an effect, emptied deliveries), a stored cursor lets the next pruning
 * skip them.
 *
 * @throws {AggregateError} when some kinds of rows could not be pruned; the others were.
 */
export async function prune(
  db: Db,
  now: Date,
  { payloadDays, recordDays }: Retention = USUAL_RETENTION,
): Promise<Pruned> {
  const daysBefore = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const before = (days: number) => toMoment(daysBefore(days));
  const records = before(recordDays);
  const emptyPayloads = (from: string, to: string): Removal => {
    return (limit) => sql`
      UPDATE mod_creditbridge_deliveries SET item = NULL
      WHERE received_at >= ${from} AND received_at < ${to} AND item IS NOT NULL
      ORDER BY received_at LIMIT ${limit}`;
  };
  const deleteDecisions = (from: string, to: string): Removal => {
    return (limit) => sql`
      DELETE FROM mod_creditbridge_decisions
      WHERE last_at >= ${from} AND last_at < ${to}
        AND (outcome <> 'effect' OR effect IN (${sql.join(kindsWithoutMoney)}))
      ORDER BY last_at LIMIT ${limit}`;
  };
  const others: readonly Removal[] = [
    (limit) => sql`
      DELETE FROM mod_creditbridge_deliveries
      WHERE outcome = 'not-visible-yet' AND received_at < ${before(NEVER_VISIBLE_DAYS)}
      ORDER BY received_at LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_deliveries WHERE received_at < ${records}
      ORDER BY received_at LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_notices WHERE seen_at < ${records}
      ORDER BY seen_at LIMIT ${limit}`,
    // One that still counts has its last day ahead, or ends by a fact; then it is kept.
    (limit) => sql`
      DELETE FROM mod_creditbridge_reservations
      WHERE set_at < ${records} AND (amount_hundredths = 0 OR until_on < ${records})
      ORDER BY set_at LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_once_tokens WHERE used_at < ${before(ONCE_TOKEN_DAYS)}
      ORDER BY used_at LIMIT ${limit}`,
    // Ids of runs are UUIDv7, which begin with the time.
    (limit) => sql`
      DELETE FROM mod_creditbridge_run_ranges WHERE run_id < ${firstIdAt(daysBefore(recordDays))}
      ORDER BY run_id LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_approvals
      WHERE state IN ('rejected', 'withdrawn', 'expired') AND fact IS NULL
        AND proposed_at < ${before(Math.max(recordDays, PROPOSAL_DAYS))}
      ORDER BY proposed_at LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_alone WHERE since < ${before(ALONE_DAYS)} LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_previews WHERE asked_at < ${before(PREVIEW_DAYS)}
      ORDER BY asked_at LIMIT ${limit}`,
    (limit) => sql`
      DELETE FROM mod_creditbridge_api_requests WHERE asked_at < ${before(API_REQUEST_DAYS)}
      ORDER BY asked_at LIMIT ${limit}`,
  ];
  const errors: unknown[] = [];
  /** A kind of rows that fails stops no other. */
  const rowsOf = async (pruning: Promise<number>): Promise<number> => {
    try {
      return await pruning;
    } catch (error) {
      errors.push(error);
      return 0;
    }
  };
  const payloads = await rowsOf(
    behindCursor(db, 'pruned-payloads', before(payloadDays), emptyPayloads),
  );
  let removed = await rowsOf(behindCursor(db, 'pruned-decisions', records, deleteDecisions));
  for (const removal of others) {
    removed += await rowsOf(inBatches(db, removal).then(({ rows }) => rows));
  }
  removed += await rowsOf(deleteLeftTerms(db, firstIdAt(daysBefore(recordDays))));
  if (errors.length > 0) {
    throw new AggregateError(errors, 'Some kinds of old rows could not be pruned.');
  }
  return { payloads, records: removed };
}

async function behindCursor(
  db: Db,
  name: string,
  until: string,
  removal: (from: string, to: string) => Removal,
): Promise<number> {
  const cursor = await db
    .selectFrom('mod_creditbridge_state')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  const { rows, finished } = await inBatches(db, removal(cursor?.value ?? '1970-01-01', until));
  if (finished) {
    await db
      .insertInto('mod_creditbridge_state')
      .values({ name, value: until })
      .onDuplicateKeyUpdate({ value: until })
      .execute();
  }
  return rows;
}

/**
 * Deletes terms whose command the shim has deleted. Commands go long after they were made, and not in that order, so each
 * pruning looks at the next old terms and begins again after the last.
 */
async function deleteLeftTerms(db: Db, until: string): Promise<number> {
  const name = 'pruned-terms';
  const cursor = await db
    .selectFrom('mod_creditbridge_state')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirst();
  const { rows } = await sql<{ id: string; isLeft: number | bigint }>`
    SELECT t.command_id AS id, k.id IS NULL AS isLeft
    FROM mod_creditbridge_command_terms t
    LEFT JOIN mod_creditbridge_commands k ON k.id = t.command_id
    WHERE t.command_id > ${cursor?.value ?? ''} AND t.command_id < ${until}
    ORDER BY t.command_id LIMIT ${sql.lit(TERMS_LOOKED_AT)}`.execute(db);
  const left = rows.filter(({ isLeft }) => Number(isLeft) === 1).map(({ id }) => id);
  for (let from = 0; from < left.length; from += BATCH_ROWS) {
    await db
      .deleteFrom('mod_creditbridge_command_terms')
      .where('command_id', 'in', left.slice(from, from + BATCH_ROWS))
      .execute();
  }
  const value = rows.length < TERMS_LOOKED_AT ? '' : (rows.at(-1)?.id ?? '');
  await db
    .insertInto('mod_creditbridge_state')
    .values({ name, value })
    .onDuplicateKeyUpdate({ value })
    .execute();
  return left.length;
}

/** The smallest UUIDv7 of that time. */
function firstIdAt(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

async function inBatches(
  db: Db,
  removal: Removal,
): Promise<{ readonly rows: number; readonly finished: boolean }> {
  let rows = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const result = await removal(BATCH_ROWS).execute(db);
    const affected = Number(result.numAffectedRows ?? 0n);
    rows += affected;
    if (affected < BATCH_ROWS) return { rows, finished: true };
  }
  return { rows, finished: false };
}
