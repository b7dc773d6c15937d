import { createHash } from 'node:crypto';
import type { PairReply, PairRequest } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Host, isAtKnownPlace } from './create-host.ts';
import { markSeen, type PairingRow, readPairingRow, rememberShim } from './pairing-row.ts';
import { whyNotPaired } from './why-not-paired.ts';

/** Whether shim and service see the same database and belong together. */
export interface Pairing {
  /** The installation in the database, at most a second old; undefined before the addon is activated. */
  installation(): Promise<Installation | undefined>;
  pair(request: PairRequest): Promise<PairReply>;
}

export interface Installation {
  readonly id: string;
  /** Whether the database is where it is known to be; otherwise this service may stand beside a copy. */
  readonly isHome: boolean;
  /** Whether both sides may act. */
  readonly paired: boolean;
  /** Why nothing may be decided although they are paired; undefined when there is no reason. */
  readonly halted: string | undefined;
  /** Why both do nothing together, and what to do; undefined when they work. */
  readonly obstacle: string | undefined;
}

export interface PairingDependencies {
  readonly db: Db;
  readonly host: Host;
  readonly serviceVersion: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The service notices a moved or copied installation within this time; it queries the database at most once in it. */
const INSTALLATION_CACHE_MS = 1000;
/** The least time between two signs of life; the shim counts in minutes, not seconds. */
const SEEN_EVERY_MS = 10_000;

/** Checks whether shim and service see the same database, and whether they belong together. */
export function createPairing({
  db,
  host,
  serviceVersion,
  now,
  log,
}: PairingDependencies): Pairing {
  let cached: { readonly at: number; readonly look: Promise<Look | undefined> } | undefined;
  let seenAt = Number.NEGATIVE_INFINITY;
  let wasHome = false;

  async function look(): Promise<Look | undefined> {
    const row = await readPairingRow(db);
    return row && { row, isHome: await host.isHome(row) };
  }

  /** A second old at most. One that lets nobody act is made anew: the shim may have stored since that they are paired. */
  async function lastLook(): Promise<Look | undefined> {
    if (cached !== undefined && now() - cached.at < INSTALLATION_CACHE_MS) {
      const known = await cached.look;
      if (known !== undefined && mayAct(known)) return known;
    }
    const looking = look();
    cached = { at: now(), look: looking };
    looking.catch(() => {
      cached = undefined;
    });
    return looking;
  }

  function giveSigns({ row, isHome }: Look): void {
    // At once where it has just come home: without a beat there it could not find this database again.
    const hasCome = isHome && !wasHome;
    wasHome = isHome;
    if (!hasCome && now() - seenAt < SEEN_EVERY_MS) return;
    seenAt = now();
    const marks = [markSeen(db, serviceVersion), ...(isHome ? [host.beat(row)] : [])];
    Promise.all(marks).catch((error: unknown) => {
      log.warn({ err: error }, 'The sign of life for the shim could not be stored');
    });
  }

  return {
    async installation(): Promise<Installation | undefined> {
      const known = await lastLook();
      if (known === undefined) return undefined;
      giveSigns(known);
      const { row, isHome } = known;
      return {
        id: row.installation,
        isHome,
        paired: mayAct(known),
        halted: row.halted === '' ? undefined : row.haltedReason,
        obstacle: obstacleOf(known),
      };
    },

    async pair(request: PairRequest): Promise<PairReply> {
      const row = await readPairingRow(db);
      cached = undefined;
      const isSame = row !== undefined && knowsNonce(request, row);
      log.info({ isSame }, 'The shim asked to pair');
      if (!isSame) return { service: serviceVersion, nonce: '', state: 'other-database' };
      // A host at home has just written that nonce, so this is its database, whatever way leads here.
      if (!isAtKnownPlace(row)) await host.letIn(row, 'pairing');
      await rememberShim(db, request.shim);
      return { service: serviceVersion, nonce: row.nonce, state: 'paired' };
    },
  };
}

interface Look {
  readonly row: PairingRow;
  readonly isHome: boolean;
}

function mayAct({ row, isHome }: Look): boolean {
  return row.state === 'paired' && isHome;
}

function obstacleOf({ row, isHome }: Look): string | undefined {
  // A database at a place that nobody knows is one that was moved or copied, whatever its own row says.
  const apart = whyNotPaired(row.state === 'paired' && !isHome ? 'copy-or-move' : row.state);
  if (apart !== undefined) return `${apart.says} ${apart.remedy}`;
  return row.halted === ''
    ? undefined
    : `${row.haltedReason} Say under Connection on the addon page whether the database was restored.`;
}

/** The nonce is told only to a shim that proves it knows it. */
function knowsNonce(request: PairRequest, row: PairingRow): boolean {
  if (row.nonce === '' || row.installation !== request.installation) return false;
  return createHash('sha256').update(row.nonce).digest('hex') === request.nonceHash;
}
