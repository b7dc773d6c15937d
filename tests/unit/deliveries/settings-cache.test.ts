import { expect, test } from 'vitest';
import { createSettingsCache } from '../../../src/deciding/settings-cache.ts';
import type { StoredSettings } from '../../../src/settings/rule-settings.ts';

const stored = (version: string): StoredSettings => ({
  version,
  settings: [],
  unreadable: new Set(),
  paused: new Set(),
});

test('a batch that saw a new version never gets older settings that were being loaded', async () => {
  const loads: PromiseWithResolvers<StoredSettings>[] = [];
  const cache = createSettingsCache(() => {
    const load = Promise.withResolvers<StoredSettings>();
    loads.push(load);
    return load.promise;
  });

  const before = cache.at('9');
  const after = cache.at('10');
  loads[0]?.resolve(stored('9'));
  expect((await before).version).toBe('9');
  await expect.poll(() => loads.length).toBe(2);
  loads[1]?.resolve(stored('10'));

  expect((await after).version).toBe('10');
});
