import { readSnapshot } from '../../bridge/index.ts';
import { type Db, hasNotes } from '../db/index.ts';

/**
 * Whether this WHMCS changes an invoice's credit and total when credit is put on it: true before 9.0 (whmcs.md §2.2). From
 * 9.0 on it is not known (§8.1), so false; false as well while the version is unknown. After an upgrade the tables are as they are
 * in 9.0 before the shim has told the version.
 */
export async function figuresMove(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select('whmcs')
    .select(hasNotes.as('notes'))
    .where('id', '=', 1)
    .executeTakeFirst();
  return majorOf(row?.whmcs ?? '') < 9 && row?.notes === 0;
}

function majorOf(stored: string): number {
  const major = /^(\d{1,3})\./.exec(readSnapshot(stored)?.version ?? '')?.[1];
  return major === undefined ? Number.POSITIVE_INFINITY : Number(major);
}
