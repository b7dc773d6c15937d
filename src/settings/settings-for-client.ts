import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { type MergedSettings, mergeSettings } from '../rules/engine/index.ts';
import { readLayer } from './rule-settings.ts';

/**
 * The settings of one rule for one client, all layers together; undefined where the rule was never set. A client who is gone
 * has those of the installation. Null when a layer cannot be read: the rule is not asked then.
 */
export async function settingsForClient(
  db: Db,
  rule: string,
  clientId: number,
): Promise<{ readonly merged: MergedSettings | null | undefined; readonly isPaused: boolean }> {
  const [{ rows }, paused] = await Promise.all([
    sql<Record<string, unknown>>`
      SELECT s.rule, s.layer, s.layer_id, s.mode, s.version, s.settings
      FROM mod_creditbridge_rule_settings s LEFT JOIN tblclients c ON c.id = ${clientId}
      WHERE s.rule = ${rule} AND (s.layer = 'installation' OR s.layer = 'client' AND s.layer_id = ${clientId}
        OR s.layer = 'group' AND s.layer_id = c.groupid)`.execute(db),
    db
      .selectFrom('mod_creditbridge_rule_faults')
      .select('rule')
      .where('rule', '=', rule)
      .where('paused_at', 'is not', null)
      .executeTakeFirst(),
  ]);
  return { merged: mergedOf(rows), isPaused: paused !== undefined };
}

function mergedOf(rows: readonly unknown[]): MergedSettings | null | undefined {
  try {
    return mergeSettings(rows.map(readLayer));
  } catch {
    return null;
  }
}
