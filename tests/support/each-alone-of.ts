import { createSetAsideStore, type Db } from '../../src/db/index.ts';
import { createEachAlone, type EachAlone } from '../../src/each-alone.ts';
import { createLogger } from '../../src/logger.ts';

/** Periodic work on this database, with what fails among its findings and nothing in a log. */
export function eachAloneOf(db: Db): EachAlone {
  return createEachAlone({
    store: createSetAsideStore(db),
    now: Date.now,
    log: createLogger('silent'),
  });
}
