import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/index.ts';
import { readToday } from '../today/index.ts';

/** A removal of expired credit whose last day is not over. */
export interface ExpiredTooEarly {
  readonly entry: bigint;
  readonly clientId: number;
  readonly amountHundredths: bigint;
  /** The command that removed it. */
  readonly commandId: string;
}

/** Removals of expired credit on a day of WHMCS's log, of grants whose last day is not over, in the order of their entries. */
export async function expiredTooEarly(
  db: Kysely<Database>,
  day: string,
  after: bigint,
  limit: number,
): Promise<readonly ExpiredTooEarly[]> {
  const { date: today } = await readToday(db);
  const { rows } = await sql<{
    sequence: bigint;
    client_id: number;
    amount_hundredths: bigint;
    command_id: string;
  }>`
    SELECT e.sequence, e.client_id, e.amount_hundredths, e.command_id
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_entries e ON e.epoch = t.epoch
    JOIN tblclients c ON c.id = e.client_id AND c.currency = e.currency_id
    WHERE t.state = 'following' AND e.kind = 'expiry' AND e.logged_on = ${day}
      AND e.command_id IS NOT NULL AND e.sequence > ${after}
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
      AND EXISTS (SELECT 1 FROM mod_creditbridge_draw_downs d
        JOIN mod_creditbridge_grants g ON g.id = d.grant_id AND g.epoch = d.epoch
        WHERE d.by_sequence = e.sequence AND d.epoch = e.epoch AND g.expires_on >= ${today})
    ORDER BY e.sequence LIMIT ${sql.lit(limit)}`.execute(db);
  return rows.map((row) => ({
    entry: row.sequence,
    clientId: row.client_id,
    amountHundredths: row.amount_hundredths,
    commandId: row.command_id,
  }));
}
