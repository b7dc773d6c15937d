import { createHash } from 'node:crypto';
import {
  type Fingerprint,
  fingerprint,
  type PairReply,
  type PairRequest,
} from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';

/** Whether shim and service see the same database and belong together. */
export interface Pairing {
  /** The installation in the database, at most a second old; undefined before the addon is activated. */
  installation(): Promise<Installation | undefined>;
  pair(request: PairRequest): Promise<PairReply>;
}

export interface Installation {
  readonly id: string;
  /** Whether both sides may act. */
  readonly paired: boolean;
  /** Why nothing may be decided although they are paired; undefined when there is no reason. */
  readonly halted: string | undefined;
}

/** The settings row, read through the service's own connection. */
export interface PairingRow {
  readonly installation: string;
  readonly state: string;
  /** The shim commits it before it asks; empty before the first time. */
  readonly nonce: string;
  /** JSON of the fingerprint the shim paired with; empty before the first time. */
  readonly fingerprint: string;
  /** Not empty while the database seems to be restored (bridge/README.md, "The settings row"). */
  readonly halted: string;
  readonly haltedReason: string;
  /** The name of the database, as this connection reports it. */
  readonly ownDatabase: string;
}

export interface PairingStore {
  /** Undefined while the addon is not activated in this database. */
  readPairingRow(): Promise<PairingRow | undefined>;
  /** Stores a sign of life for the shim. */
  markSeen(serviceVersion: string): Promise<void>;
  /** Stores the version of the shim that paired last, for the admin who compares both sides. */
  rememberShim(version: string): Promise<void>;
}

export interface PairingDependencies {
  readonly store: PairingStore;
  readonly serviceVersion: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The service notices a moved or copied installation within this time; it queries the database at most once in it. */
const INSTALLATION_CACHE_MS = 1000;
/** The least time between two signs of life; the shim counts in minutes, not seconds. */
const SEEN_EVERY_MS = 10_000;
const NOTHING_STORED: Fingerprint = { systemUrl: '', server: '', database: '' };

/** Checks whether shim and service see the same database, and whether they belong together. */
export function createPairing({ store, serviceVersion, now, log }: PairingDependencies): Pairing {
  let cached: { readonly at: number; readonly row: Promise<PairingRow | undefined> } | undefined;
  let seenAt = Number.NEGATIVE_INFINITY;

  function readRow(): Promise<PairingRow | undefined> {
    if (cached === undefined || now() - cached.at >= INSTALLATION_CACHE_MS) {
      const row = store.readPairingRow();
      cached = { at: now(), row };
      row.catch(() => {
        cached = undefined;
      });
    }
    return cached.row;
  }

  function markSeen(): void {
    if (now() - seenAt < SEEN_EVERY_MS) return;
    seenAt = now();
    store.markSeen(serviceVersion).catch((error: unknown) => {
      log.warn({ err: error }, 'The sign of life for the shim could not be stored');
    });
  }

  return {
    async installation(): Promise<Installation | undefined> {
      const row = await readRow();
      if (row === undefined) return undefined;
      markSeen();
      return {
        id: row.installation,
        paired: row.state === 'paired' && !isMoved(row),
        halted: row.halted === '' ? undefined : row.haltedReason,
      };
    },

    async pair(request: PairRequest): Promise<PairReply> {
      const row = await store.readPairingRow();
      cached = undefined;
      const reply = judge(request, row);
      if (reply.state === 'paired') await store.rememberShim(request.shim);
      log.info({ state: reply.state }, 'The shim asked to pair');
      return { service: serviceVersion, ...reply };
    },
  };
}

/** Returns the nonce only to a shim that proves it knows it. */
function judge(
  request: PairRequest,
  row: PairingRow | undefined,
): Pick<PairReply, 'nonce' | 'state' | 'stored'> {
  if (row === undefined || !knowsNonce(request, row)) {
    return { nonce: '', state: 'other-database', stored: NOTHING_STORED };
  }
  const stored = storedFingerprint(row) ?? request.fingerprint;
  const same = (['systemUrl', 'server', 'database'] as const).every(
    (member) => stored[member] === request.fingerprint[member],
  );
  return { nonce: row.nonce, state: same ? 'paired' : 'fingerprint-changed', stored };
}

function knowsNonce(request: PairRequest, row: PairingRow): boolean {
  if (row.nonce === '' || row.installation !== request.installation) return false;
  return createHash('sha256').update(row.nonce).digest('hex') === request.nonceHash;
}

/**
 * Whether the settings row is a copy: until a shim checks it, it still names the database it comes from. Some servers
 * store every name in lower case.
 */
function isMoved(row: PairingRow): boolean {
  const stored = storedFingerprint(row);
  return stored !== undefined && stored.database.toLowerCase() !== row.ownDatabase.toLowerCase();
}

function storedFingerprint(row: PairingRow): Fingerprint | undefined {
  if (row.fingerprint === '') return undefined;
  try {
    return fingerprint.parse(JSON.parse(row.fingerprint));
  } catch {
    return undefined;
  }
}
