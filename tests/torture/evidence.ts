import type { Ground } from './ground.ts';

/** Rows of each kind that are enough to see the cause. */
const ROWS_MAX = 40;
/** What is asked of the database when commands were left; the heading is what the reader looks for. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'commands that are not settled': `SELECT c.*, IS_USED_LOCK(CONCAT('creditbridge:', c.id)) AS locked_by, UTC_TIMESTAMP(6) AS now
     FROM mod_creditbridge_commands c WHERE c.state IN ('open', 'running', 'unknown')
     ORDER BY c.state = 'running' DESC, c.id DESC`,
  leases:
    "SELECT * FROM mod_creditbridge_leases WHERE client_id IN (SELECT client_id FROM mod_creditbridge_commands WHERE state IN ('open', 'running', 'unknown')) ORDER BY until DESC",
  spool: 'SELECT * FROM mod_creditbridge_spool',
  'frozen clients': 'SELECT * FROM mod_creditbridge_frozen_clients',
  settings: 'SELECT * FROM mod_creditbridge_settings',
  'switches of the stand-in': 'SELECT * FROM standin_settings',
  connections: 'SHOW FULL PROCESSLIST',
  transactions: 'SELECT * FROM information_schema.INNODB_TRX',
  'lock waits': 'SELECT * FROM information_schema.INNODB_LOCK_WAITS',
  'module log': 'SELECT * FROM tblmodulelog ORDER BY id DESC',
  'error log': 'SELECT * FROM tblerrorlog ORDER BY id DESC',
};

/** Everything that may tell why something was left undone, as one text. A question that fails answers with its error. */
export async function collectEvidence(ground: Ground): Promise<string> {
  const parts: string[] = [];
  for (const [heading, sql] of Object.entries(QUESTIONS)) {
    const rows = await ground.query(sql).catch((error: unknown) => [String(error)]);
    const lines = rows.slice(0, ROWS_MAX).map((row) => `  ${JSON.stringify(row)}`);
    parts.push(`${heading} (${rows.length}):`, ...lines);
  }
  return parts.join('\n');
}
