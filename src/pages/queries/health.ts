import type { Db } from '../../db/index.ts';
import { toMoment } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import { type Capped, COUNT_CAP, capped } from './paging.ts';

export interface Backlog {
  readonly waiting: Capped;
  readonly oldestAt: UtcText | null;
  readonly lastError: string;
}

/** What the shim has not sent yet, and since when the oldest waits. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const spool = db.selectFrom('mod_creditbridge_spool');
  const [oldest, { n }] = await Promise.all([
    // Ids are UUIDv7: the smallest is the oldest.
    spool.select(['created_at', 'last_error']).orderBy('id').limit(1).executeTakeFirst(),
    db
      .selectFrom(
        spool
          .select('id')
          .limit(COUNT_CAP + 1)
          .as('some'),
      )
      .select(({ fn }) => fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow(),
  ]);
  return {
    waiting: capped(Number(n)),
    oldestAt: oldest?.created_at ?? null,
    lastError: oldest?.last_error ?? '',
  };
}

/** Deliveries refused since this moment. */
export async function refusedSince(db: Db, since: Date): Promise<Capped> {
  const { n } = await db
    .selectFrom(
      db
        .selectFrom('mod_creditbridge_deliveries')
        .select('id')
        .where('outcome', '=', 'refused')
        .where('received_at', '>=', toMoment(since))
        .limit(COUNT_CAP + 1)
        .as('some'),
    )
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .executeTakeFirstOrThrow();
  return capped(Number(n));
}
