import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';

/** The settings row, as the shim keeps it. */
export interface Installation {
  readonly state: string;
  readonly schemaNumber: number;
  readonly frozen: boolean;
  readonly manifestNumber: number;
  readonly breakerOpenUntil: UtcText | null;
  readonly breakerReason: string;
  /** The only host that pauses its calls; empty when all do. */
  readonly breakerHost: string;
  readonly serviceUrl: string;
  readonly actingAdmin: string;
  /** The JSON snapshot of WHMCS that the shim refreshes (bridge/README.md, "The settings row"). */
  readonly whmcs: string;
  /** JSON that `readTrials` reads: the verdict of the last trial, and the trial that has none yet. */
  readonly trial: string | null;
  readonly trialOpen: string | null;
}

/** Undefined before the addon was activated. */
export async function findInstallation(db: Db): Promise<Installation | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select(['state', 'schema_number as schemaNumber', 'frozen', 'whmcs'])
    .select(['manifest_number as manifestNumber', 'breaker_open_until as breakerOpenUntil'])
    .select([
      'breaker_reason as breakerReason',
      'breaker_host as breakerHost',
      'service_url as serviceUrl',
    ])
    .select(['acting_admin as actingAdmin', 'trial', 'trial_open as trialOpen'])
    .where('id', '=', 1)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, frozen: row.frozen === 1 };
}
