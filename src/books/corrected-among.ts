import type { Db } from '../db/index.ts';

/** Which of these entries were taken back by a later one. */
export async function correctedAmong(
  db: Db,
  sequences: readonly bigint[],
): Promise<ReadonlySet<bigint>> {
  if (sequences.length === 0) return new Set();
  const rows = await db
    .selectFrom('mod_creditbridge_entries')
    .select('corrects')
    .where('corrects', 'in', sequences)
    .execute();
  return new Set(rows.flatMap(({ corrects }) => corrects ?? []));
}
