import { expect, test, vi } from 'vitest';
import { type Neglect, watchWhmcs } from '../../src/app/watch-whmcs.ts';
import type { Logger } from '../../src/base/logger.ts';

const CRON = { name: 'WHMCS cron', says: 'Ran 2 hours ago.', remedy: 'See the crontab.' };

test('what WHMCS neglects is logged when it begins, each hour while it lasts, and when it is over', async () => {
  let found: readonly Neglect[] = [CRON];
  let now = 0;
  const lines: string[] = [];
  const say = (level: string) => (fields: object, text: string) =>
    lines.push(`${level} ${text} ${JSON.stringify(fields)}`);
  const log = { warn: say('warn'), info: say('info'), debug: say('debug') } as unknown as Logger;
  let looks = 0;
  const watch = watchWhmcs({
    async look() {
      looks += 1;
      return found;
    },
    now: () => now,
    log,
    lookEveryMs: 1,
  });
  const another = async () => {
    const before = looks;
    await vi.waitFor(() => expect(looks).toBeGreaterThan(before + 1));
  };
  await another();
  await another();
  expect(watch.notices()).toEqual(['WHMCS cron: Ran 2 hours ago. See the crontab.']);
  const said = `warn WHMCS does not do its part {"check":"WHMCS cron","says":"Ran 2 hours ago.","remedy":"See the crontab."}`;
  expect(lines).toEqual([said]);
  now = 3_600_000;
  await another();
  expect(lines).toEqual([said, said]);
  found = [];
  await another();
  expect(watch.notices()).toEqual([]);
  expect(lines.slice(2)).toEqual(['info WHMCS does its part again {"check":"WHMCS cron"}']);
  await watch.close();
});
