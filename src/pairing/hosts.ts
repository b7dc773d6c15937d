import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** A host of either side, as it entered itself in `mod_creditbridge_hosts`. */
export interface HostRow {
  readonly side: 'whmcs' | 'service';
  readonly name: string;
  /** Random; a confirmed host changes it while it works. */
  readonly beat: string;
  readonly seenAt: string;
  /** Null for a confirmed host; since when it waits to be let in. */
  readonly waitsSince: string | null;
  /** JSON of the place where it sees the database. */
  readonly place: string;
  /** JSON of what a waiting host has heard. */
  readonly heard: string | null;
}

/** All hosts, of which there are few. */
export async function readHosts(db: Db): Promise<readonly HostRow[]> {
  return db
    .selectFrom('mod_creditbridge_hosts')
    .select(['side', 'name', 'beat', 'place', 'heard'])
    .select(['seen_at as seenAt', 'waits_since as waitsSince'])
    .orderBy('side')
    .orderBy('name')
    .execute();
}

/** Enters this host as confirmed, with a new beat. One that is confirmed already keeps the name of whoever let it in. */
export async function confirmHost(
  db: Db,
  host: { readonly name: string; readonly place: string; readonly beat: string },
  letInBy: string,
): Promise<void> {
  await sql`
    INSERT INTO mod_creditbridge_hosts (side, name, place, let_in_by, joined_at, beat, seen_at)
    VALUES ('service', ${host.name}, ${host.place}, ${letInBy}, UTC_TIMESTAMP(6), ${host.beat}, UTC_TIMESTAMP(6))
    ON DUPLICATE KEY UPDATE
      let_in_by = IF(waits_since IS NULL, let_in_by, VALUES(let_in_by)),
      joined_at = IF(waits_since IS NULL, joined_at, VALUES(joined_at)),
      waits_since = NULL, heard = NULL,
      place = VALUES(place), beat = VALUES(beat), seen_at = VALUES(seen_at)
  `.execute(db);
}

/** Enters this host as waiting, with what it has heard so far. */
export async function noteHeard(
  db: Db,
  host: { readonly name: string; readonly place: string },
  heard: string,
): Promise<void> {
  await sql`
    INSERT INTO mod_creditbridge_hosts (side, name, place, joined_at, seen_at, waits_since, heard)
    VALUES ('service', ${host.name}, ${host.place}, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), ${heard})
    ON DUPLICATE KEY UPDATE
      waits_since = COALESCE(waits_since, VALUES(waits_since)),
      place = VALUES(place), heard = VALUES(heard), seen_at = VALUES(seen_at)
  `.execute(db);
}
