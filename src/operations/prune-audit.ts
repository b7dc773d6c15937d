import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { inTransaction, toMoment } from '../db/index.ts';

/** Rows in one statement: few enough that a database replica keeps up. */
const BATCH_ROWS = 500;

/**
 * Deletes the rows of the audit before this time. Only the migrating account may: what the service could delete, it could rewrite.
 * The last row that goes leaves its number and link, where the chain then begins.
 *
 * @returns how many rows went
 */
export async function pruneAudit(db: Db, before: Date, now: Date): Promise<number> {
  const end = await anchor(db, toMoment(before), toMoment(now));
  let rows = 0;
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM mod_creditbridge_audit WHERE sequence <= ${end}
      ORDER BY sequence LIMIT ${BATCH_ROWS}`.execute(db);
    rows += Number(numAffectedRows);
    if (numAffectedRows < BATCH_ROWS) return rows;
  }
}

/** Notes where the chain will begin, before anything goes. The newest row stays, because the next one follows it. */
async function anchor(db: Db, before: string, now: string): Promise<bigint> {
  return inTransaction(db, async (trx) => {
    await sql`
      INSERT IGNORE INTO mod_creditbridge_audit_anchors (sequence, link, pruned_at)
      SELECT sequence, link, ${now} FROM mod_creditbridge_audit
      WHERE sequence < (SELECT MAX(sequence) FROM mod_creditbridge_audit)
        AND sequence < COALESCE(
          (SELECT MIN(sequence) FROM mod_creditbridge_audit WHERE at >= ${before}),
          (SELECT MAX(sequence) FROM mod_creditbridge_audit)
        )
      ORDER BY sequence DESC LIMIT 1`.execute(trx);
    const last = await trx
      .selectFrom('mod_creditbridge_audit_anchors')
      .select(({ fn }) => fn.max('sequence').as('sequence'))
      .executeTakeFirst();
    return BigInt(last?.sequence ?? 0);
  });
}
