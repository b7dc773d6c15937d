import { sql } from 'kysely';
import { selectEntries, toEntry } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import type { RecordedEntry } from '../ledger/index.ts';

/** Entries announced together: the rules are asked about as many at once. */
const ANNOUNCED_ENTRIES = 100;

/** Reads the next entries that the rules were not told of, oldest first. */
export async function readUnannounced(db: Db): Promise<readonly RecordedEntry[]> {
  const rows = await selectEntries(db)
    .where('e.sequence', '>', (eb) =>
      eb.selectFrom('mod_creditbridge_tail').select('announced_sequence').where('id', '=', 1),
    )
    .where('e.epoch', '=', (eb) =>
      eb.selectFrom('mod_creditbridge_tail').select('epoch').where('id', '=', 1),
    )
    .orderBy('e.sequence')
    .limit(ANNOUNCED_ENTRIES)
    .execute();
  return rows.map(toEntry);
}

/** Notes that the rules were told of all entries up to this sequence. */
export async function noteAnnounced(db: Db, fence: bigint, upTo: bigint): Promise<void> {
  await sql`UPDATE mod_creditbridge_tail
    SET announced_sequence = GREATEST(announced_sequence, ${upTo})
    WHERE id = 1 AND fence = ${fence}`.execute(db);
}
