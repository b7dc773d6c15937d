import { sql } from 'kysely';
import { settledStates } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';

/** Commands of one action that came to one end. */
export interface SettledCommands {
  readonly action: string;
  readonly outcome: string;
  readonly count: number;
}

/** A command is counted this long after it was settled, because its transaction may commit a little late. */
const SETTLE_SECONDS = 5;

/** Between two looks; whoever looks once a minute never has as many. */
const COUNT_MAX = 100_000;

/**
 * Counts the commands that were settled since the last look; the first look only begins. WHMCS settles them in the database without
 * telling the service, so every replica counts all of them.
 *
 * @param add is given a count, which may be 0, for each action that was ever used and each outcome.
 * @returns a look. Looks at the same time are one look.
 */
export function createSettledCounter(
  db: Db,
  add: (counts: readonly SettledCommands[]) => void,
): () => Promise<void> {
  /** By the database's clock, which also says when a command was settled. */
  let since: string | undefined;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    // The index on action, state and time leads from one action to the next.
    const used = await sql<{ action: string; until: string }>`
      SELECT action, UTC_TIMESTAMP(6) - INTERVAL ${SETTLE_SECONDS} SECOND AS until
      FROM (SELECT DISTINCT action FROM mod_creditbridge_commands) AS used`.execute(db);
    const until = used.rows[0]?.until;
    if (until === undefined) return;
    const actions = used.rows.map(({ action }) => action);
    const found = await settledBetween(db, actions, since ?? until, until);
    since = until;
    add([
      ...actions.flatMap((action) =>
        settledStates.map((outcome) => ({ action, outcome, count: 0 })),
      ),
      ...found,
    ]);
  }

  return () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}

async function settledBetween(
  db: Db,
  actions: readonly string[],
  since: string,
  until: string,
): Promise<readonly SettledCommands[]> {
  const { rows } = await sql<Omit<SettledCommands, 'count'> & { count: bigint | number }>`
    SELECT action, state AS outcome, COUNT(*) AS count FROM (
      SELECT action, state FROM mod_creditbridge_commands
      WHERE action IN (${sql.join(actions)}) AND state IN (${sql.join(settledStates)})
        AND settled_at > ${since} AND settled_at <= ${until}
      LIMIT ${COUNT_MAX}
    ) AS settled GROUP BY action, state`.execute(db);
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
