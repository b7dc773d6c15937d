import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';
import { DEFAULT_LEDGER_SETTINGS, type LedgerSettings, ledgerSettings } from '../ledger/index.ts';

/** How grants are drawn now; version 0 before the first change. */
export async function currentLedgerSettings(
  db: Kysely<Database>,
): Promise<{ readonly version: number; readonly settings: LedgerSettings }> {
  const row = await db
    .selectFrom('mod_creditbridge_ledger_settings')
    .select(['version', 'settings'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? { version: 0, settings: DEFAULT_LEDGER_SETTINGS }
    : { version: row.version, settings: ledgerSettings.parse(JSON.parse(row.settings)) };
}
