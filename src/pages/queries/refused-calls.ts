import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { fromMoment } from '../../db/index.ts';

/** Rows of the state table begin so, and end with the code of a refusal; they hold when it was last sent. */
export const REFUSED_AT = 'refused-at:';

/** Calls that were not believed. */
export interface RefusedCalls {
  readonly code: string;
  readonly at: Date;
}

/** The calls that were refused last because of their signature or their time; undefined when none was. */
export async function lastRefusedCalls(db: Db): Promise<RefusedCalls | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_state')
    .select(['name', 'value'])
    .where(sql<boolean>`LEFT(name, ${REFUSED_AT.length}) = ${REFUSED_AT}`)
    .orderBy('value', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { code: row.name.slice(REFUSED_AT.length), at: fromMoment(row.value) };
}
