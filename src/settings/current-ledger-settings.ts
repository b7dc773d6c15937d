import type { Kysely } from 'kysely';
import { StorageError } from '../base/index.ts';
import type { Database } from '../db/index.ts';
import { readStored } from '../db/index.ts';
import { DEFAULT_LEDGER_SETTINGS, type LedgerSettings, ledgerSettings } from '../ledger/index.ts';

/** How grants are drawn now; version 0 before the first change. Null when what is stored cannot be read. */
export async function storedLedgerSettings(
  db: Kysely<Database>,
): Promise<{ readonly version: number; readonly settings: LedgerSettings | null }> {
  const row = await db
    .selectFrom('mod_creditbridge_ledger_settings')
    .select(['version', 'settings'])
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? { version: 0, settings: DEFAULT_LEDGER_SETTINGS }
    : { version: row.version, settings: readStored(ledgerSettings, row.settings) ?? null };
}

/**
 * The same for who draws grants by them.
 *
 * @throws {StorageError} `ledger-settings-unreadable`: nobody can know in which order to draw
 */
export async function currentLedgerSettings(
  db: Kysely<Database>,
): Promise<{ readonly version: number; readonly settings: LedgerSettings }> {
  const { version, settings } = await storedLedgerSettings(db);
  if (settings === null) {
    throw new StorageError(
      'ledger-settings-unreadable',
      `Version ${version} of the ledger settings cannot be read, because no version of Credit Bridge wrote it. Save them anew on the addon page.`,
    );
  }
  return { version, settings };
}
