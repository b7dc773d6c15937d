import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchNotes } from '../../src/app/watch-notes.ts';
import { createLogger } from '../../src/base/index.ts';
import type { NotesColumn } from '../../src/db/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('an upgrade is noticed within half a minute, said once, and so is its end', async () => {
  const log = createLogger('silent');
  const [warn, info] = [vi.spyOn(log, 'warn'), vi.spyOn(log, 'info')];
  let column: NotesColumn | Error = 'absent';
  const watch = watchNotes(async () => {
    if (column instanceof Error) throw column;
    return column;
  }, log);
  const pass = () => vi.advanceTimersByTimeAsync(30_000);
  await pass();
  expect(warn).not.toHaveBeenCalled();

  column = 'hidden';
  await pass();
  column = new Error('The database is gone for a moment.');
  await pass();
  column = 'hidden';
  await pass();
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0])).toContain('creditbridge grants');

  column = 'readable';
  await pass();
  expect(info).toHaveBeenCalledTimes(1);
  watch.close();
  column = 'hidden';
  await pass();
  expect(warn).toHaveBeenCalledTimes(1);
});
