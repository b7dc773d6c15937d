import { createLogger } from '../../src/base/logger.ts';
import type { Db } from '../../src/db/index.ts';
import { createEachAlone, type EachAlone } from '../../src/periodic/each-alone.ts';
import { createSetAsideStore } from '../../src/periodic/index.ts';

/** Periodic work on this database, with what fails among its findings and nothing in a log. */
export function eachAloneOf(db: Db): EachAlone {
  return createEachAlone({
    store: createSetAsideStore(db),
    now: Date.now,
    log: createLogger('silent'),
  });
}
