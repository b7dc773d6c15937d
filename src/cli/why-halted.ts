import type { Db } from '../db/index.ts';
import { isAtKnownPlace, readPairingRow } from '../pairing/index.ts';

/** Why the rules may not decide now, with the remedy; undefined when they may. */
export async function whyHalted(db: Db): Promise<string | undefined> {
  const row = await readPairingRow(db);
  if (row === undefined) return undefined;
  if (!isAtKnownPlace(row)) {
    return 'Nothing is decided now, because the database is at a place that is not known. Say under Connection on the addon page whether WHMCS was moved or copied.';
  }
  return row.halted === ''
    ? undefined
    : `Nothing is decided now. ${row.haltedReason} Say under Connection on the addon page whether the database was restored.`;
}
