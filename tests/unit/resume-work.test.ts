import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { createResumption } from '../../src/app/resume-work.ts';

const log = pino({ level: 'silent' });
const EVERY_MS = 2;

/** A resumption of an interrupted run, whose first attempts fail as the test says; it tells what was done. */
function open({ failing = 0, away = 0, waiting = 0, everyMs = EVERY_MS }) {
  const done = { runs: 0, rings: 0 };
  let left = waiting;
  let isInterrupted = true;
  const resumption = createResumption({
    async resumeRun() {
      if (failing-- > 0) throw new Error('The connection is dead.');
      if (away-- > 0) return false;
      if (!isInterrupted) return true;
      isInterrupted = false;
      done.runs += 1;
      return false;
    },
    isWorkWaiting: async () => left > 0,
    ring() {
      done.rings += 1;
      left -= 1;
    },
    log,
    everyMs,
  });
  closers.push(resumption.close);
  const interrupt = () => {
    isInterrupted = true;
  };
  return { resumption, done, interrupt };
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

test('a fault that comes while the mend of the last one is still worked off interrupts a run that is resumed as well', async () => {
  const { resumption, done, interrupt } = open({
    waiting: Number.POSITIVE_INFINITY,
    everyMs: 10 * EVERY_MS,
  });
  resumption.start();
  await vi.waitFor(() => expect(done.rings).toBe(3), { interval: 1 });
  expect(done.runs).toBe(1);
  interrupt();
  resumption.start();
  await vi.waitFor(() => expect(done.runs).toBe(2));
});

test('what waits for something else is not rung for for ever', async () => {
  const { resumption, done } = open({ waiting: Number.POSITIVE_INFINITY });
  resumption.start();
  await vi.waitFor(() => expect(done.rings).toBe(15));
  await new Promise((resolve) => setTimeout(resolve, 20 * EVERY_MS));
  expect(done.rings).toBe(15);
});
