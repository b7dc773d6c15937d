import type { Logger } from '../base/index.ts';
import { newId } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import {
  type AdoptionProgress,
  createFollower,
  explainRows,
  type Follower,
  rememberSeen,
  type Seen,
} from '../follow/index.ts';
import { createTextPatterns } from '../ledger/index.ts';
import type { Pairing } from '../pairing/index.ts';
import { readToday } from '../today/index.ts';
import type { Parts } from './create-parts.ts';

export interface FollowingOptions {
  readonly parts: Pick<Parts, 'db' | 'announce' | 'lookForMoneyBack'>;
  readonly pairing: Pick<Pairing, 'installation'>;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onProgress?: (progress: AdoptionProgress) => void;
  readonly onFailure?: (error: unknown) => void;
}

/** Assembles the loop that follows the credit log. It works only after `start`, and only while both sides are paired. */
export function createFollowing(
  config: Pick<Config, 'stateDirectory' | 'textPatterns'>,
  { parts, pairing, log, now, onProgress, onFailure }: FollowingOptions,
): Follower {
  const { db, announce } = parts;
  const patterns = createTextPatterns(config.textPatterns);
  return createFollower({
    db,
    explain: explainRows(patterns),
    explainHistory: explainRows(patterns, { looksAround: false }),
    seen: async (): Promise<Seen> => {
      const installation = await pairing.installation();
      if (installation === undefined) throw new TypeError('There is no installation.');
      return rememberSeen(config.stateDirectory, installation.id, (error) =>
        log.warn(
          { err: error, directory: config.stateDirectory },
          'The state directory is not writable: the service cannot notice a database restored while it is down',
        ),
      );
    },
    mayWork: async () => (await pairing.installation())?.paired === true,
    today: async () => (await readToday(db)).date,
    announce,
    lookForMoneyBack: parts.lookForMoneyBack,
    newId,
    now,
    log,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(onFailure === undefined ? {} : { onFailure }),
  });
}
