import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/**
 * How long a client must be gone before texts are erased: a hook may still tell of a merge, and a table of WHMCS that was restored
 * by mistake may be put right.
 */
const GONE_HOURS = 12;

/** Where a client is found of whom we keep more than hooks, which hold no texts of people. */
const KNOWN = [
  sql`SELECT client_id AS id FROM mod_creditbridge_accounts`,
  sql`SELECT client_id AS id FROM mod_creditbridge_clients`,
  sql`SELECT client_id AS id FROM mod_creditbridge_approvals`,
  sql`SELECT client_id AS id FROM mod_creditbridge_findings`,
  sql`SELECT layer_id AS id FROM mod_creditbridge_rule_settings_history WHERE layer = 'client'`,
];

/**
 * Notes which clients are gone from WHMCS, found by their absence, and forgets those who came back.
 *
 * @returns those who have been gone for twelve hours and whose account is closed.
 */
export async function findGoneClients(db: Db): Promise<readonly number[]> {
  await sql`
    DELETE g FROM mod_creditbridge_gone_clients g JOIN tblclients c ON c.id = g.client_id`.execute(
    db,
  );
  for (const known of KNOWN) {
    await sql`
      INSERT IGNORE INTO mod_creditbridge_gone_clients (client_id, since)
      SELECT DISTINCT k.id, UTC_TIMESTAMP(6) FROM (${known}) AS k
      WHERE k.id > 0 AND NOT EXISTS (SELECT 1 FROM tblclients c WHERE c.id = k.id)`.execute(db);
  }
  const { rows } = await sql<{ clientId: number }>`
    SELECT g.client_id AS clientId FROM mod_creditbridge_gone_clients g
    WHERE g.since < UTC_TIMESTAMP(6) - INTERVAL ${sql.lit(GONE_HOURS)} HOUR
      AND NOT EXISTS (
        SELECT 1 FROM mod_creditbridge_accounts a JOIN mod_creditbridge_tail l ON l.epoch = a.epoch
        WHERE a.client_id = g.client_id AND a.balance_hundredths <> 0)
    ORDER BY g.client_id`.execute(db);
  return rows.map(({ clientId }) => clientId);
}
