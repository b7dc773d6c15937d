import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { RecordedEntry } from '../ledger/index.ts';
import { entriesOf } from './read-entries.ts';

/**
 * The newest entries of a client that took credit because its payment was taken back. Each has a finding (src/follow), which is
 * found by the client's index; the entries of a client may be a million.
 */
export async function reversalsOf(
  db: Db,
  clientId: number,
  limit: number,
): Promise<readonly RecordedEntry[]> {
  const { rows } = await sql<{ readonly sequence: string }>`
    SELECT SUBSTRING_INDEX(fact, ':', -1) AS sequence FROM mod_creditbridge_findings
    WHERE client_id = ${clientId} AND kind = 'reversal'
    ORDER BY found_at DESC LIMIT ${sql.lit(limit)}`.execute(db);
  const entries = await entriesOf(
    db,
    rows.map(({ sequence }) => BigInt(sequence)),
  );
  return entries.filter(({ kind }) => kind === 'reversal');
}
