import type { StoredSettings } from '../settings/index.ts';

export interface SettingsCache {
  /** Returns the settings of this version or a newer one. */
  at(version: string): Promise<StoredSettings>;
  /** Returns the settings of the last check, for callers that a slightly older version does not harm. */
  recent(): Promise<StoredSettings>;
  current(): Promise<StoredSettings>;
}

/**
 * Caches the settings until their version changes; every batch reads only the version from the database.
 *
 * @param read reads the settings from the database.
 */
export function createSettingsCache(read: () => Promise<StoredSettings>): SettingsCache {
  let cached: StoredSettings | undefined;
  let loading: Promise<StoredSettings> | undefined;

  function load(): Promise<StoredSettings> {
    loading ??= read()
      .then((settings) => {
        // An admin who repairs a row by hand need not increase the version.
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
      // A load that was already under way may have read the settings before this version was committed.
      return BigInt(loaded.version) < BigInt(version) ? load() : loaded;
    },
    async recent() {
      return cached ?? load();
    },
    current: load,
  };
}
