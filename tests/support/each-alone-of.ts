import { createLogger } from '../../src/base/logger.ts';
import type { Db } from '../../src/db/index.ts';
import { createEachAlone, type EachAlone } from '../../src/periodic/each-alone.ts';

/** Periodic work on this database; failures become findings and are not logged. */
export function eachAloneOf(db: Db): EachAlone {
  return createEachAlone({
    db,
    now: Date.now,
    log: createLogger('silent'),
  });
}
