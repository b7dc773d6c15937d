import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { createResumption } from '../../src/app/resume-work.ts';

const log = pino({ level: 'silent' });
const EVERY_MS = 2;

/** A resumption whose first attempts fail as the test says; it tells what was done. */
function open({ failing = 0, away = 0, waiting = 0 }) {
  const done = { runs: 0, rings: 0 };
  let left = waiting;
  const resumption = createResumption({
    async resumeRun() {
      if (failing-- > 0) throw new Error('The connection is dead.');
      if (away-- > 0) return false;
      done.runs += 1;
      return true;
    },
    isWorkWaiting: async () => left > 0,
    ring() {
      done.rings += 1;
      left -= 1;
    },
    log,
    everyMs: EVERY_MS,
  });
  closers.push(resumption.close);
  return { resumption, done };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('nobody is rung when nothing waits', async () => {
  const { resumption, done } = open({});
  resumption.start();
  await vi.waitFor(() => expect(done.runs).toBe(1));
  await resumption.close();
  expect(done).toEqual({ runs: 1, rings: 0 });
});

test('the run is resumed once and WHMCS rung until nothing waits, also when the first attempts fail', async () => {
  const { resumption, done } = open({ failing: 2, away: 2, waiting: 3 });
  resumption.start();
  resumption.start();
  await vi.waitFor(() => expect(done).toEqual({ runs: 1, rings: 3 }));
});

test('what waits for something else is not rung for for ever', async () => {
  const { resumption, done } = open({ waiting: Number.POSITIVE_INFINITY });
  resumption.start();
  await vi.waitFor(() => expect(done.rings).toBe(15));
  await new Promise((resolve) => setTimeout(resolve, 20 * EVERY_MS));
  expect(done.rings).toBe(15);
});
