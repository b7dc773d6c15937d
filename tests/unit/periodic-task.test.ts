import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPeriodicTask } from '../../src/periodic/periodic-task.ts';

const log = pino({ level: 'silent' });
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;

test('the work is done only when the turn is claimed', async () => {
  const claims = [true, false, false, true];
  let runs = 0;
  const task = startPeriodicTask({
    name: 'test',
    lookEveryMs: 600_000,
    claim: async () => claims.shift() ?? false,
    run: async () => {
      runs += 1;
    },
    log,
    random: () => 0.5,
  });
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(claims).toEqual([]);
  expect(runs).toBe(2);
  await task.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a failure is tried again at the next turn', async () => {
  let runs = 0;
  const task = startPeriodicTask({
    name: 'test',
    lookEveryMs: 600_000,
    claim: async () => true,
    run: async () => {
      runs += 1;
      if (runs === 1) throw new Error('the database is gone');
    },
    log,
    random: () => 0.5,
  });
  await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
  expect(runs).toBeGreaterThan(1);
  await task.close();
});

test('closing waits for the work under way and begins none after it', async () => {
  let finished = false;
  const task = startPeriodicTask({
    name: 'test',
    lookEveryMs: 600_000,
    claim: async () => true,
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      finished = true;
    },
    log,
    random: () => 0,
  });
  await vi.advanceTimersByTimeAsync(60_000);
  const closed = task.close();
  await vi.advanceTimersByTimeAsync(5000);
  await closed;
  expect(finished).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
