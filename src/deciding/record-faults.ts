import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import type { RuleFault } from '../rules/engine/index.ts';
import { bumpSettingsVersion } from '../settings/index.ts';

/** A rule that fails in this many batches is paused until an admin resumes it. */
export const FAULTS_MAX = 3;

/** Faults further apart than this are separate accidents; counting starts again. */
const FORGET_AFTER_HOURS = 24;

/** Width of `last_fault`. */
const FAULT_MAX = 500;

/** Counts one fault for each rule that failed in a batch, and pauses a rule that failed repeatedly. */
export async function recordFaults(
  trx: Transaction<Database>,
  faults: readonly RuleFault[],
  at: Date,
): Promise<void> {
  const byRule = new Map(faults.map((fault) => [fault.rule, fault.message]));
  if (byRule.size === 0) return;
  const now = toMoment(at);
  const forget = toMoment(new Date(at.getTime() - FORGET_AFTER_HOURS * 3_600_000));
  const rules = [...byRule.keys()].toSorted();
  const values = rules.map(
    (rule) => sql`(${rule}, 1, NULL, ${clip(byRule.get(rule) ?? '', FAULT_MAX)}, ${now})`,
  );
  // MySQL assigns from left to right: the first assignment sees the old `last_at`, and `paused_at` sees the new count.
  await sql`
    INSERT INTO mod_creditbridge_rule_faults (rule, faults, paused_at, last_fault, last_at)
    VALUES ${sql.join(values)}
    ON DUPLICATE KEY UPDATE
      faults = IF(last_at < ${forget}, 1, faults + 1),
      paused_at = IF(paused_at IS NULL AND faults >= ${FAULTS_MAX}, ${now}, paused_at),
      last_fault = VALUES(last_fault), last_at = VALUES(last_at)`.execute(trx);
  const paused = await trx
    .selectFrom('mod_creditbridge_rule_faults')
    .select('rule')
    .where('rule', 'in', rules)
    .where('paused_at', '=', now)
    .execute();
  if (paused.length > 0) await bumpSettingsVersion(trx);
}
