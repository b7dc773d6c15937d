import type { Db } from '../db/index.ts';
import { fromMoment, toMoment } from '../db/index.ts';

export interface SweepCursor {
  /** The last id that was looked at; 0 at the start of a round. */
  readonly id: number;
  /** When the last round ended; null before the first one did. */
  readonly roundOverAt: Date | null;
}

/** Reads how far a sweep has come. */
export async function readCursor(db: Db, name: string): Promise<SweepCursor> {
  const row = await db
    .selectFrom('mod_creditbridge_sweeps')
    .select(['cursor_id', 'swept_at'])
    .where('name', '=', name)
    .executeTakeFirst();
  const sweptAt = row?.swept_at ?? null;
  return {
    id: Number(row?.cursor_id ?? 0n),
    roundOverAt: sweptAt === null ? null : fromMoment(sweptAt),
  };
}

/** Moves a sweep's cursor to an id in the middle of a round. */
export async function moveCursor(db: Db, name: string, id: number): Promise<void> {
  await db
    .insertInto('mod_creditbridge_sweeps')
    .values({ name, cursor_id: BigInt(id), swept_at: null })
    .onDuplicateKeyUpdate({ cursor_id: BigInt(id) })
    .execute();
}

/** Ends a sweep's round at this time; the next one starts behind `id`. */
export async function endRound(db: Db, name: string, at: Date, id = 0): Promise<void> {
  const over = { cursor_id: BigInt(id), swept_at: toMoment(at) };
  await db
    .insertInto('mod_creditbridge_sweeps')
    .values({ name, ...over })
    .onDuplicateKeyUpdate(over)
    .execute();
}
