import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { Backlog } from './metrics.ts';

/** Counting stops here, which limits its cost however long the backlog is. */
const COUNT_MAX = 100_000;

/** Reads the backlog between shim and service, for the metrics. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const [commands, spool, paused] = await Promise.all([
    sql<{ state: string; count: bigint }>`
      SELECT state, COUNT(*) AS count FROM (
        SELECT state FROM mod_creditbridge_commands
        WHERE state IN ('open', 'running', 'unknown') LIMIT ${COUNT_MAX}
      ) AS unsettled GROUP BY state
    `.execute(db),
    // Ids are UUIDv7, so the smallest one is the oldest.
    sql<{ count: bigint; ageSeconds: bigint | null }>`
      SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_spool LIMIT ${COUNT_MAX}) AS some)
          AS count,
        (SELECT TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP(6))
          FROM mod_creditbridge_spool ORDER BY id LIMIT 1) AS ageSeconds
    `.execute(db),
    sql<{ count: bigint }>`
      SELECT COUNT(*) AS count FROM mod_creditbridge_rule_faults WHERE paused_at IS NOT NULL
    `.execute(db),
  ]);
  const commandsIn = (state: string) =>
    Number(commands.rows.find((row) => row.state === state)?.count ?? 0);
  return {
    commands: {
      open: commandsIn('open'),
      running: commandsIn('running'),
      unknown: commandsIn('unknown'),
    },
    spool: Number(spool.rows[0]?.count ?? 0),
    spoolAgeSeconds: Number(spool.rows[0]?.ageSeconds ?? 0),
    pausedRules: Number(paused.rows[0]?.count ?? 0),
  };
}
