import type { Db } from '../db/index.ts';
import { createPairingStore } from '../pairing/index.ts';

/** Why the rules may not decide now, with the remedy; undefined when they may. */
export async function whyHalted(db: Db): Promise<string | undefined> {
  const row = await createPairingStore(db).readPairingRow();
  return row === undefined || row.halted === ''
    ? undefined
    : `Nothing is decided now. ${row.haltedReason} Say on the connection panel of the addon page whether the database was restored.`;
}
