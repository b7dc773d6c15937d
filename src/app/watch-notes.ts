import type { Logger } from '../base/index.ts';
import type { NotesColumn } from '../db/index.ts';

/**
 * Pages notice an upgrade of WHMCS, or of our rights, within this time. Whatever decides looks by itself: deliveries at a new
 * version, the ledger with each batch of rows, due grants and sweeps at each turn, a run when its connections open.
 */
const LOOK_EVERY_MS = 30_000;

/** Looks again and again how `tblaccounts` tells notes from money, and says it when that is not known. */
export function watchNotes(look: () => Promise<NotesColumn>, log: Logger): { close(): void } {
  let last: NotesColumn | undefined;
  const once = async () => {
    try {
      const column = await look();
      if (column === 'hidden' && last !== 'hidden') {
        log.warn(
          'Since the upgrade of WHMCS, tblaccounts also holds credit notes, and the service may not read which rows these are. What rests on received money waits. Run the statements of `creditbridge grants`.',
        );
      }
      if (last === 'hidden' && column !== 'hidden') log.info('Money can be told from notes again');
      last = column;
    } catch (error) {
      // Readiness reports a database that is gone.
      log.debug({ err: error }, 'tblaccounts could not be looked at');
    }
  };
  const timer = setInterval(() => void once(), LOOK_EVERY_MS);
  return { close: () => clearInterval(timer) };
}
