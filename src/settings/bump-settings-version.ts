import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { SETTINGS_VERSION, settingsVersion } from './rule-settings.ts';

/**
 * Increases the version of all settings, which every replica checks before it decides. The row stays locked until the
 * end of the transaction, so that versions commit in order.
 */
export async function bumpSettingsVersion(trx: Transaction<Database>): Promise<number> {
  await sql`
    INSERT INTO mod_creditbridge_state (name, value) VALUES (${SETTINGS_VERSION}, '1')
    ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + 1
  `.execute(trx);
  return Number(await settingsVersion(trx));
}
