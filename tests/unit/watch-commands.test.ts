import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchCommands } from '../../src/app/watch-commands.ts';

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
  const { watch, rings } = watching(() => overdue--);
  const ringsIn = async (ms: number) => {
    const before = rings.length;
    await vi.advanceTimersByTimeAsync(ms);
    return rings.length - before;
  };
  expect(await ringsIn(20_000)).toBe(4);
  overdue = Number.POSITIVE_INFINITY;
  expect(await ringsIn(3_600_000)).toBeLessThan(22);
  overdue = 1000;
  await ringsIn(300_000);
  expect(await ringsIn(20_000)).toBe(4);
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
