import { sql } from 'kysely';
import type { ExplainRows } from '../books/index.ts';
import { lockTail } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { openAccounts } from './adopt-accounts.ts';
import { importHistory } from './adopt-history.ts';
import { correctOpenings, differingOpenings } from './adopt-look.ts';
import { takeSnapshot } from './adopt-snapshot.ts';
import type { AdoptionProgress, AdoptionStore } from './ports.ts';

export interface AdoptionDependencies {
  readonly explain: ExplainRows;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Adoption in the database. Each step is a transaction that also moves its cursor, so that a killed one goes on. */
export function createAdoptionStore(db: Db, { explain, now }: AdoptionDependencies): AdoptionStore {
  const at = () => new Date(now());
  return {
    async begin(fence, why) {
      await inTransaction(db, async (trx) => {
        const { state } = await lockTail(trx, fence);
        if (state !== 'new') return;
        await sql`UPDATE mod_creditbridge_tail
          SET state = 'adopting', reason = '', epoch = epoch + 1, cursor_log_id = 0, cursor_sha256 = NULL,
            compare_log_id = 0, compared_at = NULL WHERE id = 1`.execute(trx);
        await sql`INSERT INTO mod_creditbridge_epochs (epoch, why, state, high_log_id, started_at)
          SELECT t.epoch, ${why}, 'importing', COALESCE((SELECT MAX(id) FROM tblcredit), 0), UTC_TIMESTAMP(6)
          FROM mod_creditbridge_tail t WHERE t.id = 1`.execute(trx);
      });
      return progressOf(db);
    },
    importHistory: (fence, onChunk) => importHistory(db, { fence, explain, at, onChunk }),
    takeSnapshot: (fence, today) => takeSnapshot(db, { fence, explain, at, today }),
    differingOpenings: (which) => differingOpenings(db, which),
    correctOpenings: (fence, sights) => correctOpenings(db, fence, sights),
    openAccounts: (fence) => openAccounts(db, { fence, at }),
  };
}

const PHASES = { importing: 'importing', opening: 'opening' } as const;

/** How far the adoption of the current epoch is; what is left is estimated from ids, since counting reads everything. */
async function progressOf(db: Db): Promise<AdoptionProgress> {
  const { rows } = await sql<{
    readonly epoch: number;
    readonly state: string;
    readonly imported: bigint;
    readonly cursor: number;
    readonly high: number;
  }>`
    SELECT p.epoch, p.state, p.rows_imported AS imported, p.cursor_log_id AS \`cursor\`, p.high_log_id AS high
    FROM mod_creditbridge_epochs p JOIN mod_creditbridge_tail t ON t.epoch = p.epoch AND t.id = 1`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('The adoption has no epoch.');
  const phase = PHASES[row.state as keyof typeof PHASES] ?? 'done';
  const imported = Number(row.imported);
  return {
    epoch: row.epoch,
    phase,
    rows: imported,
    accounts: 0,
    ofRows: imported + (phase === 'importing' ? Math.max(0, row.high - row.cursor) : 0),
  };
}
