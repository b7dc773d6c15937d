import type { Kysely } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import { loadSettings, type StoredSettings, settingsVersion } from '../settings/index.ts';

/** The settings, loaded again only when their version in the database differs. */
export interface SettingsCache {
  /**
   * Returns the settings as this transaction sees them, or newer ones. It reads on the transaction's own connection: all others
   * may be held by transactions that wait for the same settings.
   */
  within(trx: Kysely<Database>): Promise<StoredSettings>;
  /** The same, for a transaction that has just read their version. */
  ofVersion(trx: Kysely<Database>, version: string): Promise<StoredSettings>;
  /** Returns the settings of the last check, for callers that a slightly older version does not harm. */
  recent(): Promise<StoredSettings>;
  current(): Promise<StoredSettings>;
}

export function createSettingsCache(db: Db): SettingsCache {
  let cached: StoredSettings | undefined;

  async function load(from: Kysely<Database>): Promise<StoredSettings> {
    const settings = await loadSettings(from);
    // An admin who repairs a row by hand need not increase the version.
    cached = settings.unreadable.size === 0 ? settings : undefined;
    return settings;
  }

  async function ofVersion(trx: Kysely<Database>, version: string): Promise<StoredSettings> {
    return cached?.version === version ? cached : load(trx);
  }

  return {
    within: async (trx) => ofVersion(trx, await settingsVersion(trx)),
    ofVersion,
    recent: async () => cached ?? load(db),
    current: () => load(db),
  };
}
