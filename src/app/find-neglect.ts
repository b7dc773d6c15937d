import { SERVICE_VERSION } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { checkHealth, findInstallation, readHealth } from '../pages/index.ts';
import type { Neglect } from './watch-whmcs.ts';

/**
 * What Health on the addon page calls bad, for the log and `/ready`. Nothing while the database is not ready, which readiness
 * reports, and before the addon is activated.
 */
export async function findNeglect(
  db: Db,
  now: Date,
  obstacle: string | undefined,
): Promise<readonly Neglect[]> {
  const installation = obstacle === undefined ? await findInstallation(db) : undefined;
  if (installation === undefined) return [];
  const checks = checkHealth({
    ...(await readHealth(db, now)),
    installation,
    conflicts: [],
    serviceVersion: SERVICE_VERSION,
  });
  return checks.filter(({ level }) => level === 'bad');
}
