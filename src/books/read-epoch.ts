import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { EpochInfo } from '../ledger/index.ts';

/** Where the ledger stands; undefined before the first adoption began. */
export async function readEpoch(db: Db): Promise<EpochInfo | undefined> {
  return db
    .selectFrom('mod_creditbridge_tail as t')
    .innerJoin('mod_creditbridge_epochs as e', 'e.epoch', 't.epoch')
    .select(['e.epoch', 'e.why', 't.state', 't.reason', 'e.adopted_on as adoptedOn'])
    .select(['e.adopted_at as adoptedAt', 't.looked_at as lookedAt'])
    .select('e.rows_imported as rowsImported')
    .select(
      sql<bigint>`CAST(IF(e.state = 'importing' AND e.high_log_id > e.cursor_log_id, e.high_log_id - e.cursor_log_id, 0) AS SIGNED)`.as(
        'rowsLeft',
      ),
    )
    .where('t.id', '=', 1)
    .executeTakeFirst();
}
