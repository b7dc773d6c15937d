import type { Db } from '../db/index.ts';
import { DETAIL_DRAW_DOWNS_MAX, type DrawDown } from '../ledger/index.ts';

export interface SomeDrawDowns {
  readonly drawDowns: readonly DrawDown[];
  readonly moreDrawDowns: boolean;
}

/** Draw-downs of one grant, in order. */
export async function drawDownsOfGrant(db: Db, grantId: bigint): Promise<SomeDrawDowns> {
  return some(
    await select(db)
      .where('grant_id', '=', grantId)
      .orderBy('id')
      .limit(DETAIL_DRAW_DOWNS_MAX + 1)
      .execute(),
  );
}

/** Draw-downs of one entry, and those it brought about for others, in order. Each half goes by its own index. */
export async function drawDownsOfEntry(db: Db, sequence: bigint): Promise<SomeDrawDowns> {
  const [spent, brought] = await Promise.all(
    (['spend_sequence', 'by_sequence'] as const).map((column) =>
      select(db)
        .where(column, '=', sequence)
        .orderBy('id')
        .limit(DETAIL_DRAW_DOWNS_MAX + 1)
        .execute(),
    ),
  );
  const all = new Map([...(spent ?? []), ...(brought ?? [])].map((row) => [row.id, row]));
  return some([...all.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)));
}

function select(db: Db) {
  return db
    .selectFrom('mod_creditbridge_draw_downs')
    .select(['id', 'grant_id as grantId', 'spend_sequence as spend', 'by_sequence as by'])
    .select(['direction', 'amount_hundredths as amountHundredths']);
}

function some(
  rows: readonly (Omit<DrawDown, 'direction'> & {
    readonly id: bigint;
    readonly direction: string;
  })[],
): SomeDrawDowns {
  return {
    drawDowns: rows.slice(0, DETAIL_DRAW_DOWNS_MAX).map(({ id: _, direction, ...row }) => ({
      ...row,
      direction: direction === 'return' ? 'return' : 'draw',
    })),
    moreDrawDowns: rows.length > DETAIL_DRAW_DOWNS_MAX,
  };
}
