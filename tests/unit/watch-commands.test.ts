import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchCommands } from '../../src/watch-commands.ts';

const log = pino({ level: 'silent' });
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watching(overdue: () => number, claim = () => true) {
  const rings: number[] = [];
  const watch = watchCommands({
    countOverdue: async () => overdue(),
    claim: async () => claim(),
    ring: () => rings.push(Date.now()),
    log,
  });
  return { watch, rings };
}

test('WHMCS is rung while commands wait, and not when none does', async () => {
  let left = 3;
  const { watch, rings } = watching(() => left--);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rings).toHaveLength(3);
  await watch.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('ringing that does not help becomes rare, and frequent again when it does', async () => {
  let overdue = 7;
  const { watch, rings } = watching(() => overdue);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(rings.length).toBeGreaterThan(10);
  expect(rings.length).toBeLessThan(22);
  overdue = 6;
  await vi.advanceTimersByTimeAsync(300_000);
  const before = rings.length;
  overdue = 5;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rings.length).toBeGreaterThan(before);
  await watch.close();
});

test('a replica whose turn it is not does not ring', async () => {
  const { watch, rings } = watching(
    () => 1,
    () => false,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rings).toEqual([]);
  await watch.close();
});

test('a look that fails is followed by the next one', async () => {
  let looks = 0;
  const { watch, rings } = watching(() => {
    looks += 1;
    if (looks === 1) throw new Error('the database is gone');
    return 1;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rings).toHaveLength(1);
  await watch.close();
});
