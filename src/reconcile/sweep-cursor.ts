import type { Db } from '../db/index.ts';
import { fromMoment, toMoment } from '../db/index.ts';
import type { SweepCursor } from './ports.ts';

/** How far a sweep has looked, and when its last round was over. */
export async function sweepCursor(db: Db, name: string): Promise<SweepCursor> {
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

export async function moveSweepCursor(
  db: Db,
  name: string,
  id: number,
  isRoundOver: boolean,
  at: Date,
): Promise<void> {
  const over = isRoundOver ? { swept_at: toMoment(at) } : {};
  await db
    .insertInto('mod_creditbridge_sweeps')
    .values({ name, cursor_id: BigInt(id), swept_at: null, ...over })
    .onDuplicateKeyUpdate({ cursor_id: BigInt(id), ...over })
    .execute();
}
