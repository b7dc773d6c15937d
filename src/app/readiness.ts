import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../base/index.ts';
import {
  type DatabaseTrouble,
  databaseTrouble,
  type MissingRight,
  silentDatabase,
} from '../db/index.ts';
import type { Readiness } from '../http/index.ts';

/** The result of a check whether the database is ready for work. */
export type StorageState =
  | { readonly kind: 'fit' }
  | { readonly kind: 'trouble'; readonly trouble: DatabaseTrouble }
  | { readonly kind: 'shared-tables-missing'; readonly missing: readonly string[] }
  | { readonly kind: 'migrations-pending'; readonly pending: readonly string[] }
  | { readonly kind: 'rights-missing'; readonly missing: readonly MissingRight[] };

export interface ReadinessDependencies {
  /** Checks the database, and whether it has room for new rows if that is asked; never throws. */
  readonly probe: (forRoom: boolean) => Promise<StorageState>;
  /** Why addon and service do nothing together, in a sentence with what to do; undefined when they work. */
  readonly whyApart: () => Promise<string | undefined>;
  /** What is wrong outside of the service. */
  readonly notices?: () => readonly string[];
  /** Called whenever the database has become ready. */
  readonly onFit?: () => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly probeLimitMs?: number;
}

export interface StartedReadiness extends Readiness {
  /** Resolves the first time the database is ready. */
  readonly fit: Promise<void>;
  close(): Promise<void>;
}

/** The pause grows up to `most` by the tenth check, so an admin who repairs something never waits longer. */
const PAUSE_MS = { first: 500, most: 5000 };
/** Between checks while nothing is wrong. A right that is taken away is noticed within this time. */
const FIT_PAUSE_MS = 20_000;
/** A check for room writes and rolls back, so it is made less often; at once when work found none. */
const ROOM_EVERY_MS = 30_000;
/** A database that takes longer is no use to WHMCS's pages. */
const PROBE_LIMIT_MS = 10_000;
/** A call that failed waits this long for what a check says about it; the shim's page waits as well. */
const NOTICE_LIMIT_MS = 250;
/** The same obstacle is logged again after this time, to keep it near the end of the log. */
const SAY_AGAIN_MS = 60_000;
/** Anyone may ask; the database is checked for them at most this often. */
const READY_CACHE_MS = 2000;
/** Statements in one sentence; `creditbridge grants` prints them all. */
const GRANTS_SHOWN = 3;

/** What is said until the first look at the database is over. */
export const JUST_STARTED = 'The service has just been started.';

/**
 * Checks all the time whether the database is reachable and takes writes, the addon is activated, the tables are migrated and
 * the rights are there. While something is missing the service listens and asks the shim to keep its hooks; it continues by
 * itself once the obstacle is gone.
 */
export function startReadiness(dependencies: ReadinessDependencies): StartedReadiness {
  const { probe, whyApart, onFit, now, log, probeLimitMs = PROBE_LIMIT_MS } = dependencies;
  const { notices = () => [] } = dependencies;
  let obstacle: string | undefined = JUST_STARTED;
  let suspected: DatabaseTrouble | undefined;
  /** Whether checks can see what is wrong, so that a mend they report is one. */
  let isSeen = true;
  let pauseMs = PAUSE_MS.first;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let probing: Promise<StorageState> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let lookedForRoomAt = Number.NEGATIVE_INFINITY;
  let closed = false;
  let said = { kind: '', at: 0 };
  const { promise: fit, resolve: becomeFit } = Promise.withResolvers<void>();

  /** Checks now; callers at the same time share one check. */
  function look(): Promise<void> {
    clearTimeout(timer);
    looking ??= Promise.resolve()
      .then(judge)
      .finally(() => {
        looking = undefined;
        lookedAt = now();
        schedule(obstacle === undefined ? FIT_PAUSE_MS : pauseMs);
      });
    return looking;
  }

  /** A check that is under way may have asked before the trouble came. */
  async function lookAgain(): Promise<void> {
    await looking;
    if (!closed) await look();
  }

  async function judge(): Promise<void> {
    const wasFit = obstacle === undefined;
    const forRoom = isRoomDue();
    // A server that hangs must not be given one check after another.
    probing ??= probe(forRoom).finally(() => {
      probing = undefined;
    });
    const state = await withinLimit(probing, probeLimitMs);
    // Work found no room meanwhile, and this check did not look for it.
    if (suspected?.kind === 'full' && !forRoom) return;
    obstacle = describeObstacle(state);
    // Trouble that comes back at once and that no check sees is looked for less and less often.
    const isOver = obstacle === undefined && (wasFit || isSeen);
    pauseMs = isOver ? PAUSE_MS.first : Math.min(pauseMs * 1.5, PAUSE_MS.most);
    isSeen = true;
    if (obstacle !== undefined) {
      suspected = state.kind === 'trouble' ? state.trouble : undefined;
      say(kindOf(state), obstacle);
      return;
    }
    suspected = undefined;
    if (wasFit) return;
    log.info('The database is fit for work');
    becomeFit();
    onFit?.();
  }

  function isRoomDue(): boolean {
    if (suspected?.kind !== 'full' && now() - lookedForRoomAt < ROOM_EVERY_MS) return false;
    lookedForRoomAt = now();
    return true;
  }

  function say(kind: string, sentence: string): void {
    if (said.kind === kind && now() - said.at <= SAY_AGAIN_MS) return;
    said = { kind, at: now() };
    log.warn({ obstacle: sentence }, 'Waiting for the database');
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void look(), delayMs);
  }

  void look();
  return {
    fit,
    obstacle: () => obstacle,
    async noticed(error) {
      const trouble = databaseTrouble(error);
      if (trouble === undefined) return;
      suspected = trouble;
      // Each check connects, so it sees a server that cannot be reached.
      isSeen = trouble.kind === 'unreachable';
      // The check names a missing right with the statement that grants it.
      if (trouble.kind !== 'right-missing') {
        obstacle = trouble.sentence;
        say(trouble.kind, obstacle);
      }
      if (pauseMs === PAUSE_MS.first) {
        await Promise.race([lookAgain(), sleep(NOTICE_LIMIT_MS, undefined, { ref: false })]);
      } else if (looking === undefined) schedule(pauseMs);
    },
    async whyNotReady() {
      if (obstacle === undefined && now() - lookedAt > READY_CACHE_MS) await look();
      if (obstacle !== undefined) return obstacle;
      try {
        return await whyApart();
      } catch (error) {
        return databaseTrouble(error)?.sentence ?? 'The database cannot be used: see the log.';
      }
    },
    notices,
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** A server that hangs answers nothing, not even with an error. */
async function withinLimit(probing: Promise<StorageState>, limitMs: number): Promise<StorageState> {
  const limit = new AbortController();
  const silence = sleep(limitMs, undefined, { signal: limit.signal }).then(
    (): StorageState => ({ kind: 'trouble', trouble: silentDatabase(limitMs / 1000) }),
  );
  silence.catch(() => undefined);
  try {
    return await Promise.race([probing, silence]);
  } finally {
    limit.abort();
  }
}

function kindOf(state: StorageState): string {
  return state.kind === 'trouble' ? state.trouble.kind : state.kind;
}

/** Says what is wrong and how to repair it; undefined when nothing is wrong. */
export function describeObstacle(state: StorageState): string | undefined {
  switch (state.kind) {
    case 'fit':
      return undefined;
    case 'trouble':
      return state.trouble.sentence;
    case 'shared-tables-missing':
      return `The tables ${state.missing.join(', ')} are missing or hidden. Activate the Credit Bridge addon in WHMCS (Configuration > System Settings > Addon Modules), then run the statements of \`creditbridge grants\`.`;
    case 'migrations-pending':
      return `The database lacks ${state.pending.join(', ')}. Run \`creditbridge migrate\`.`;
    case 'rights-missing':
      return describeMissing(state.missing);
  }
}

function describeMissing(missing: readonly MissingRight[]): string {
  const shown = missing.slice(0, GRANTS_SHOWN);
  const rest = missing.length - shown.length;
  const more = rest > 0 ? ` And ${rest} more: \`creditbridge grants\` prints all.` : '';
  return `The database account of the service lacks ${shown.map(({ what }) => what).join('; ')}. Run as an administrator of the database: ${shown.map(({ grant }) => `${grant};`).join(' ')}${more}`;
}
