import { readSnapshot, readTrials } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import type { WaysOff } from '../rules/settle/index.ts';

/** What is known about the WHMCS that runs, as the shim last said. Unknown means that nothing is known. */
export async function readWaysOff(db: Db): Promise<WaysOff> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select(['whmcs', 'trial'])
    .where('id', '=', 1)
    .executeTakeFirst();
  return waysOff(readSnapshot(row?.whmcs ?? '')?.version, row?.trial ?? null);
}

/**
 * A verdict counts for its version alone. Without one, WHMCS 8 is known to keep the credit of a cancelled invoice, while 9 is
 * expected to give it back and was seen by nobody (whmcs.md §2.7); the shim's `Verdicts` says the same.
 */
export function waysOff(version: string | undefined, trial: string | null): WaysOff {
  const { returns } = readTrials(trial, null);
  if (returns !== undefined && returns.version === version) return returns;
  return {
    takesOff: false,
    cancelling: version?.startsWith('8.') === true ? 'keeps' : 'unclear',
  };
}
