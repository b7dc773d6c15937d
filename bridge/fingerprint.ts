import { z } from 'zod';
import { localDate } from './words.ts';

/** Where a database is, as its server tells (README, "The place of a database"). */
export const place = z.object({
  /** `server_uuid` of MySQL, `server_uid` of MariaDB; empty where the server tells none. */
  server: z.string(),
  host: z.string(),
  port: z.int(),
  directory: z.string(),
  name: z.string(),
});
export type Place = z.infer<typeof place>;

const fingerprint = z.object({
  systemUrl: z.string(),
  databases: z.array(place.extend({ seenOn: localDate })),
});

/** The `fingerprint` column of the settings row: the URL and the places at which the database is known. */
export type Fingerprint = z.infer<typeof fingerprint>;

/** The same database server and database. A server that tells no id, as older ones do, is known by the rest. */
export function isSamePlace(one: Place, other: Place): boolean {
  return (
    one.host.toLowerCase() === other.host.toLowerCase() &&
    one.port === other.port &&
    one.directory === other.directory &&
    // Some servers store every name in small letters.
    one.name.toLowerCase() === other.name.toLowerCase() &&
    (one.server === other.server || one.server === '' || other.server === '')
  );
}

/** Undefined where nothing can be read, as before the addon's activation. */
export function readFingerprint(text: string): Fingerprint | undefined {
  try {
    return fingerprint.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
