/** A fault of the whole database, whatever is asked of it. */
export interface DatabaseTrouble {
  readonly kind: TroubleKind;
  /** What is wrong, what to do, and the server's own words, which never hold a password. */
  readonly sentence: string;
}

export type TroubleKind =
  | 'unreachable'
  | 'connection-limit'
  | 'not-let-in'
  | 'right-missing'
  | 'read-only'
  | 'full'
  | 'table-missing'
  | 'server-fault';

interface Known {
  readonly what: string;
  readonly remedy: string;
  /** Error numbers of MariaDB and MySQL; the same in both where both have them. */
  readonly errnos: readonly number[];
}

const KNOWN: Readonly<Record<TroubleKind, Known>> = {
  unreachable: {
    what: 'The database server cannot be reached.',
    remedy: 'Check that it runs, and the address in CREDITBRIDGE_DATABASE_URL.',
    // The driver numbers the errors of its connection itself; see `isLost`.
    errnos: [],
  },
  'connection-limit': {
    what: 'The database has no connection left for the service.',
    remedy:
      'SHOW PROCESSLIST says who holds them; otherwise raise max_connections of the server or MAX_USER_CONNECTIONS of the account.',
    // For the server, for the account, and for the account's hour.
    errnos: [1040, 1203, 1226],
  },
  'not-let-in': {
    what: 'The database does not let the service in.',
    remedy: 'Check user, password and database in CREDITBRIDGE_DATABASE_URL, and the account.',
    // Database unknown or forbidden; password, host, expired, locked.
    errnos: [1044, 1045, 1049, 1129, 1130, 1251, 1698, 1820, 1862, 3118, 4151],
  },
  'right-missing': {
    what: 'The database account of the service lacks a right.',
    remedy: 'Run the statements that `creditbridge grants` prints.',
    // On a table, a column, a function, the server.
    errnos: [1142, 1143, 1227, 1370],
  },
  'read-only': {
    what: 'The database is read-only.',
    remedy:
      'Make it writable again (SET GLOBAL read_only = OFF), or name the server that takes writes in CREDITBRIDGE_DATABASE_URL.',
    // By option, by transaction, InnoDB alone, by a lock for a backup.
    errnos: [1223, 1290, 1792, 1836],
  },
  full: {
    what: 'The database has no room left.',
    remedy: 'Free space on its disk, or raise the limit of its table space.',
    errnos: [1021, 1114],
  },
  'table-missing': {
    what: 'The database lacks a table or column.',
    remedy:
      'Run `creditbridge migrate`, and check that CREDITBRIDGE_DATABASE_URL names the database of WHMCS.',
    errnos: [1054, 1146, 1932],
  },
  'server-fault': {
    what: 'The database server cannot work.',
    remedy: 'Its error log says why.',
    // Files and engines (1016 to 1035, 1194, 1195), memory and threads (1037, 1041, 1135, 1206), a cluster's node that is
    // apart (1047), shutting down (1053), connections cut (1158 to 1161, 1927).
    errnos: [
      1016, 1017, 1023, 1024, 1026, 1030, 1033, 1034, 1035, 1037, 1041, 1047, 1053, 1135, 1158,
      1159, 1160, 1161, 1194, 1195, 1206, 1927,
    ],
  },
};

const KINDS = new Map(
  Object.entries(KNOWN).flatMap(([kind, { errnos }]) =>
    errnos.map((errno) => [errno, kind as TroubleKind] as const),
  ),
);

/**
 * Returns the fault of the whole database behind an error of the driver: any other work would fail in the same way until
 * somebody mends it. Undefined for every other error, such as a conflict or a value that its column refuses.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errno } = error as Error & { readonly errno?: unknown };
  const kind = KINDS.get(Number(errno)) ?? (isLost(error) ? 'unreachable' : undefined);
  return kind && describe(kind, error);
}

/** The trouble with a database that does not answer at all. */
export function silentDatabase(seconds: number): DatabaseTrouble {
  const { what, remedy } = KNOWN.unreachable;
  return { kind: 'unreachable', sentence: `${what} ${remedy} It did not answer in ${seconds} s.` };
}

function describe(kind: TroubleKind, error: Error): DatabaseTrouble {
  const { what, remedy } = KNOWN[kind];
  const code = 'code' in error ? String(error.code) : error.name;
  const words = (error.message === '' ? code : error.message).replace(/\.$/, '');
  return { kind, sentence: `${what} ${remedy} Its own words: ${words}.` };
}

/** Codes of the network and of the driver's protocol, which have no error number of the server. */
const LOST = /^(PROTOCOL_|ECONN|EHOST|ENET|EAI_|EPIPE$|ETIMEDOUT$|ENOTFOUND$)/;

/** Whether the connection was lost or never made; the driver calls such errors fatal. */
function isLost(error: Error): boolean {
  const { fatal, code } = error as Error & Readonly<Record<string, unknown>>;
  return fatal === true || LOST.test(String(code));
}
