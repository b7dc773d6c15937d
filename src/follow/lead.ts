import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** The lead; it is lost as soon as another process has a higher fence. */
export interface Lead {
  readonly fence: bigint;
  readonly epoch: number;
  readonly rounds: bigint;
}

/** Takes or keeps the lead, by the database's clock, and counts a round; undefined while another process leads. */
export async function takeLead(
  db: Db,
  holder: string,
  leaseSeconds: number,
): Promise<Lead | undefined> {
  // Assignments go from left to right: the fence is compared with the former holder.
  const { numAffectedRows } = await sql`
    UPDATE mod_creditbridge_tail
    SET fence = IF(holder <=> ${holder}, fence, fence + 1), holder = ${holder}, rounds = rounds + 1,
      held_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
    WHERE id = 1 AND (holder <=> ${holder} OR held_until IS NULL OR held_until < UTC_TIMESTAMP(6))
  `.execute(db);
  if (numAffectedRows !== 1n) return undefined;
  const row = await db
    .selectFrom('mod_creditbridge_tail')
    .select(['fence', 'holder', 'epoch', 'rounds'])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  const { fence, epoch, rounds } = row;
  return row.holder === holder ? { fence, epoch, rounds } : undefined;
}

/** Gives the lead up, so that another process can take it at once. */
export async function resignLead(db: Db, holder: string): Promise<void> {
  await sql`UPDATE mod_creditbridge_tail SET held_until = NULL WHERE id = 1 AND holder = ${holder}`.execute(
    db,
  );
}
