import { z } from 'zod';
import {
  type Fingerprint,
  isSamePlace,
  type Place,
  place,
  readFingerprint,
} from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { confirmHost, type HostRow, noteHeard, readHosts } from './hosts.ts';
import type { PairingRow } from './pairing-row.ts';

/** This process as one of the installation's hosts: whether it may work where its connection leads now. */
export interface Host {
  /** Whether the database is at a known place. At another one it joins when a beat shows that it is the same database. */
  isHome(row: PairingRow): Promise<boolean>;
  /** Notes that this host works; only where it is at home. */
  beat(row: PairingRow): Promise<void>;
  /** Makes this place known, because the named host or act showed that it is the right database. */
  letIn(row: PairingRow, by: string): Promise<void>;
}

export interface HostDependencies {
  readonly db: Db;
  /** The machine's or container's name. */
  readonly name: string;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * The beats that a process remembers having written. A server that takes over may lack the last one or two; and of two
 * processes with one name, the other may have written since.
 */
const OWN_BEATS = 3;
/** A single change of another host's beat may come from a dump that was loaded again. */
const MOVES = 2;
/** A place that no host has seen for so long is forgotten: the old server may hold a staging copy by then. */
const PLACE_KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

const heardBeats = z.object({ moves: z.int(), beats: z.record(z.string(), z.string()) });

/** Whether the settings row names the place of the database that it is in. A restored dump names another. */
export function isAtKnownPlace(row: PairingRow): boolean {
  const known = readFingerprint(row.fingerprint)?.databases ?? [];
  return known.some((one) => isSamePlace(one, row.place));
}

export function createHost({ db, name, newId, now, log }: HostDependencies): Host {
  let ownBeats: readonly string[] = [];
  const dayAgo = (days: number) => new Date(now() - days * DAY_MS).toISOString().slice(0, 10);

  async function confirm(row: PairingRow, by: string): Promise<void> {
    const beat = newId();
    // Remembered before it is written: the answer may be lost.
    ownBeats = [beat, ...ownBeats].slice(0, OWN_BEATS);
    await confirmHost(db, { name, place: JSON.stringify(row.place), beat }, by);
  }

  async function letIn(row: PairingRow, by: string): Promise<void> {
    await know(db, row, dayAgo(0), dayAgo(PLACE_KEPT_DAYS));
    await confirm(row, by);
    log.info({ place: row.place, by }, 'The database is at a new place, which is known now');
  }

  return {
    letIn,

    async isHome(row) {
      if (isAtKnownPlace(row)) return true;
      const hosts = await readHosts(db);
      const own = hosts.find((host) => host.side === 'service' && host.name === name);
      // The database that this process wrote to has moved with it: only memory can know that beat.
      if (own !== undefined && ownBeats.includes(own.beat)) {
        await letIn(row, 'its own heartbeat');
        return true;
      }
      const heard = listen(row.place, own, hosts);
      if (heard.moves >= MOVES) {
        await letIn(row, `the heartbeat of ${heard.from}`);
        return true;
      }
      if (heard.isNew) {
        await noteHeard(
          db,
          { name, place: JSON.stringify(row.place) },
          JSON.stringify({ moves: heard.moves, beats: heard.beats }),
        );
      }
      if (own?.waitsSince == null) {
        log.warn(
          { place: row.place },
          'The database is at a place that is not known: nothing is done until another host shows that it uses the same database, or an admin says under Connection on the addon page whether WHMCS was moved or copied',
        );
      }
      return false;
    },

    async beat(row) {
      const seen = readFingerprint(row.fingerprint)?.databases.find((one) =>
        isSamePlace(one, row.place),
      );
      if (seen?.seenOn !== dayAgo(0) || seen.server !== row.place.server) {
        await know(db, row, dayAgo(0), dayAgo(PLACE_KEPT_DAYS));
      }
      await confirm(row, 'a known database server');
    },
  };
}

/** For a process that ends soon: it works at known places, and enters nothing. */
export const passingHost: Host = {
  isHome: async (row) => isAtKnownPlace(row),
  beat: async () => undefined,
  letIn: async () => undefined,
};

interface Heard {
  /** How often the beat of another host was seen to change. */
  readonly moves: number;
  /** Whose beat changed last. */
  readonly from: string;
  readonly beats: Readonly<Record<string, string>>;
  /** Whether it differs from what is stored. */
  readonly isNew: boolean;
}

/** Compares the beats of the other confirmed hosts with those that this host has stored in the same database. */
function listen(here: Place, own: HostRow | undefined, hosts: readonly HostRow[]): Heard {
  const others = hosts.filter((host) => host.waitsSince === null && host !== own);
  const beats = Object.fromEntries(others.map((host) => [`${host.side}:${host.name}`, host.beat]));
  const before = own?.heard == null ? undefined : heardBeats.parse(JSON.parse(own.heard));
  if (before === undefined || !isSamePlace(place.parse(JSON.parse(own?.place ?? '')), here)) {
    return { moves: 0, from: '', beats, isNew: true };
  }
  const moved = others.find(
    (host) => before.beats[`${host.side}:${host.name}`] !== host.beat && host.beat !== '',
  );
  return moved === undefined
    ? { moves: before.moves, from: '', beats, isNew: false }
    : { moves: before.moves + 1, from: moved.name, beats, isNew: true };
}

/** Adds the place to those that are known, and leaves out those not seen for long. Another host's change wins. */
async function know(db: Db, row: PairingRow, today: string, oldest: string): Promise<void> {
  const before = readFingerprint(row.fingerprint);
  if (before === undefined) return;
  const kept = before.databases.filter(
    (one) => !isSamePlace(one, row.place) && one.seenOn >= oldest,
  );
  const after: Fingerprint = {
    ...before,
    databases: [{ ...row.place, seenOn: today }, ...kept],
  };
  await db
    .updateTable('mod_creditbridge_settings')
    .set({ fingerprint: JSON.stringify(after) })
    .where('id', '=', 1)
    .where('fingerprint', '=', row.fingerprint)
    .execute();
}
