import type { StoredSettings } from '../settings/index.ts';

export interface SettingsCache {
  /** The settings as of this version, or newer ones. */
  at(version: string): Promise<StoredSettings>;
  /** The settings as they were when last looked at; for what a slightly older version does no harm to. */
  recent(): Promise<StoredSettings>;
  current(): Promise<StoredSettings>;
}

/**
 * Keeps the settings until their version changes; every batch asks the database for the version alone.
 *
 * @param read reads the settings from the database.
 */
export function createSettingsCache(read: () => Promise<StoredSettings>): SettingsCache {
  let cached: StoredSettings | undefined;
  let loading: Promise<StoredSettings> | undefined;

  function load(): Promise<StoredSettings> {
    loading ??= read()
      .then((settings) => {
        // Whoever mends a row by hand need not know of versions.
        cached = settings.unreadable.size === 0 ? settings : undefined;
        return settings;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  }

  return {
    async at(version) {
      if (cached?.version === version) return cached;
      const loaded = await load();
      // What was being loaded already may have been read before this version was committed.
      return BigInt(loaded.version) < BigInt(version) ? load() : loaded;
    },
    async recent() {
      return cached ?? load();
    },
    current: load,
  };
}
