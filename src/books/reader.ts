import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { findEntry, listEntries } from './read-entries.ts';
import { findGrant, listGrants } from './read-grants.ts';
import { readLiability } from './read-liability.ts';
import { currentEpoch } from './read-page.ts';

/** What the ledger tells. Each method is one query or a few, whatever the size of the tables. */
export function createLedgerReader(db: Db): LedgerReader {
  return {
    epoch: async () =>
      db
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
        .executeTakeFirst(),
    accounts: async (clientId) => {
      const rows = await db
        .selectFrom('mod_creditbridge_accounts')
        .select(['client_id as clientId', 'currency_id as currencyId', 'is_open as isOpen'])
        .select(['balance_hundredths as balanceHundredths'])
        .select(['remaining_hundredths as remainingHundredths'])
        .select(['unfunded_hundredths as unfundedHundredths'])
        .where('client_id', '=', clientId)
        .where('epoch', '=', currentEpoch)
        .orderBy('currency_id')
        .execute();
      return rows.map((row) => ({ ...row, isOpen: row.isOpen === 1 }));
    },
    entries: (filter, cursor, limit) => listEntries(db, filter, cursor, limit),
    entry: (sequence) => findEntry(db, sequence),
    grants: (filter, cursor, limit) => listGrants(db, filter, cursor, limit),
    grant: (id) => findGrant(db, id),
    liability: (day) => readLiability(db, day),
  };
}
