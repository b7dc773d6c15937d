import { v7 as newId } from 'uuid';
import { createLogger } from '../../src/base/logger.ts';
import type { ExplainRows } from '../../src/books/index.ts';
import { connect, type Db } from '../../src/db/index.ts';
import {
  createFollower,
  explainRows,
  type Follower,
  type FollowerDependencies,
  rememberSeen,
} from '../../src/follow/index.ts';
import { createTextPatterns } from '../../src/ledger/index.ts';
import type { ServiceDatabase } from './service-database.ts';
import { stateFolder } from './state-folder.ts';

export interface OpenFollower extends Follower {
  readonly db: Db;
  /** Where it keeps what it has seen. */
  readonly directory: string;
}

export type FollowerOptions = Partial<
  Pick<
    FollowerDependencies,
    | 'announce'
    | 'leaseSeconds'
    | 'pollMs'
    | 'settleMs'
    | 'removalMs'
    | 'onProgress'
    | 'log'
    | 'today'
  >
> & {
  readonly explain?: ExplainRows;
  readonly directory?: string;
};

/** The follower on a database, put together as the service does it, with the rights of the service. */
export function openFollower(
  { serviceUrl, installation }: Pick<ServiceDatabase, 'serviceUrl' | 'installation'>,
  options: FollowerOptions = {},
): OpenFollower {
  const {
    explain = explainRows(createTextPatterns()),
    directory = stateFolder(),
    ...rest
  } = options;
  const db = connect(serviceUrl, 4);
  const log = createLogger('silent');
  const follower = createFollower({
    lookForMoneyBack: async () => undefined,
    db,
    explain,
    explainHistory: options.explain ?? explainRows(createTextPatterns(), { looksAround: false }),
    seen: () => rememberSeen(directory, installation, () => undefined),
    mayWork: async () => true,
    today: async () => '2026-11-22',
    announce: async () => undefined,
    // Nobody else writes while most tests adopt, or removes a client.
    settleMs: 0,
    removalMs: 0,
    newId,
    now: Date.now,
    log,
    ...rest,
  });
  return {
    ...follower,
    db,
    directory,
    async close() {
      await follower.close();
      await db.destroy();
    },
  };
}
