import type { Logger } from '../base/index.ts';
import type { Readiness } from '../http/index.ts';

/** The result of a check whether the database is ready for work. */
export type StorageState =
  | { readonly kind: 'fit' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'shared-tables-missing'; readonly missing: readonly string[] }
  | { readonly kind: 'migrations-pending'; readonly pending: readonly string[] };

export interface ReadinessDependencies {
  /** Checks the database; never throws. */
  readonly probe: () => Promise<StorageState>;
  readonly isPaired: () => Promise<boolean>;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

export interface StartedReadiness extends Readiness {
  /** Resolves the first time the database is ready. */
  readonly fit: Promise<void>;
  close(): Promise<void>;
}

/** The pause grows up to `most` by the tenth check, so an admin who repairs something never waits longer. */
const PAUSE_MS = { first: 500, most: 5000 };
/** The same obstacle is logged again after this time, to keep it near the end of the log. */
const SAY_AGAIN_MS = 60_000;
/** Anyone may call; the database is queried at most this often. */
const READY_CACHE_MS = 2000;

/**
 * Waits until the database is reachable, the addon activated and the tables migrated. Meanwhile the service listens and
 * asks the shim to keep its hooks; it continues by itself once the obstacle is gone.
 */
export function startReadiness(dependencies: ReadinessDependencies): StartedReadiness {
  const { probe, isPaired, now, log } = dependencies;
  let obstacle: string | undefined = 'The service has just been started.';
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let closed = false;
  let said = { kind: '', at: 0 };
  let cached: { readonly at: number; readonly ready: Promise<boolean> } | undefined;
  const { promise: fit, resolve: becomeFit } = Promise.withResolvers<void>();

  const look = async (pauseMs: number) => {
    const state = await probe();
    obstacle = describeObstacle(state);
    if (obstacle === undefined) {
      log.info('The database is fit for work');
      becomeFit();
      return;
    }
    if (said.kind !== state.kind || now() - said.at > SAY_AGAIN_MS) {
      said = { kind: state.kind, at: now() };
      log.warn({ obstacle }, 'Waiting for the database');
    }
    if (closed) return;
    timer = setTimeout(() => {
      current = look(Math.min(pauseMs * 1.5, PAUSE_MS.most));
    }, pauseMs);
  };
  current = look(PAUSE_MS.first);

  const lookReady = async () => {
    const state = await probe();
    return state.kind === 'fit' && (await isPaired().catch(() => false));
  };
  return {
    fit,
    obstacle: () => obstacle,
    async ready() {
      if (obstacle !== undefined) return false;
      if (cached === undefined || now() - cached.at > READY_CACHE_MS) {
        cached = { at: now(), ready: lookReady() };
      }
      return cached.ready;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await current;
    },
  };
}

/** Says what is wrong and how to repair it; undefined when nothing is wrong. */
export function describeObstacle(state: StorageState): string | undefined {
  switch (state.kind) {
    case 'fit':
      return undefined;
    case 'unreachable':
      return `The database cannot be used: ${state.reason} Check that the server runs, CREDITBRIDGE_DATABASE_URL, and that the account has the rights of \`creditbridge grants\`.`;
    case 'shared-tables-missing':
      return `The tables ${state.missing.join(', ')} are missing or hidden. Activate the Credit Bridge addon in WHMCS (Configuration > System Settings > Addon Modules), then run the statements of \`creditbridge grants\`.`;
    case 'migrations-pending':
      return `The database lacks ${state.pending.join(', ')}. Run \`creditbridge migrate\`.`;
  }
}
