import type { Check } from './check.ts';
import type { ServerFacts } from './read-database.ts';

/** Shim and service compare moments; a message may be five minutes off, a lease must not be. */
const SKEW_LIMIT_MS = 2000;
const OLDEST_MARIADB = [10, 6] as const;
const OLDEST_MYSQL = [8, 0] as const;

/** The database server: version, sql_mode of our sessions, clock. */
export function checkServer(facts: ServerFacts, nowMs: number): readonly Check[] {
  return [checkVersion(facts.version), checkSqlMode(facts.sqlMode), checkClock(facts, nowMs)];
}

function checkVersion(version: string): Check {
  const isMariaDb = /mariadb/i.test(version);
  const [oldMajor, oldMinor] = isMariaDb ? OLDEST_MARIADB : OLDEST_MYSQL;
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const product = isMariaDb ? 'MariaDB' : 'MySQL';
  const says = `${product} ${version}.`;
  return major > oldMajor || (major === oldMajor && minor >= oldMinor)
    ? { name: 'Database server', level: 'good', says }
    : {
        name: 'Database server',
        level: 'bad',
        says,
        remedy: `Upgrade to ${product} ${oldMajor}.${oldMinor} or newer; older ones were never tried.`,
      };
}

/** WHMCS's tables hold zero dates (whmcs.md §5). */
function checkSqlMode(sqlMode: string): Check {
  const bad = ['NO_ZERO_DATE', 'NO_ZERO_IN_DATE', 'ANSI_QUOTES'].filter((mode) =>
    sqlMode.split(',').includes(mode),
  );
  return bad.length === 0
    ? { name: 'sql_mode', level: 'good', says: 'Zero dates can be read.' }
    : {
        name: 'sql_mode',
        level: 'bad',
        says: `The sessions of the service have ${bad.join(', ')}.`,
        remedy:
          "Let nothing (init_connect, a proxy) change sql_mode after the service's own setting.",
      };
}

function checkClock({ clockMs }: ServerFacts, nowMs: number): Check {
  const skewMs = Math.abs(clockMs - nowMs);
  const says = `Database and service are ${(skewMs / 1000).toFixed(1)} s apart.`;
  return skewMs <= SKEW_LIMIT_MS
    ? { name: 'Clock', level: 'good', says }
    : {
        name: 'Clock',
        level: 'warn',
        says,
        remedy: 'Keep both machines on NTP; messages more than 300 s off are refused.',
      };
}
