import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { type StorageState, startReadiness } from '../../src/app/readiness.ts';

const log = pino({ level: 'silent' });
afterEach(() => {
  vi.useRealTimers();
});

test('the service waits for what is missing, says what to do, and goes on by itself', async () => {
  vi.useFakeTimers();
  let state: StorageState = { kind: 'unreachable', reason: 'connect ECONNREFUSED.' };
  const readiness = startReadiness({
    probe: async () => state,
    isPaired: async () => true,
    now: Date.now,
    log,
  });
  let fit = false;
  void readiness.fit.then(() => {
    fit = true;
  });

  await vi.advanceTimersByTimeAsync(1000);
  expect(readiness.obstacle()).toContain('CREDITBRIDGE_DATABASE_URL');
  state = { kind: 'shared-tables-missing', missing: ['mod_creditbridge_settings'] };
  await vi.advanceTimersByTimeAsync(5000);
  expect(readiness.obstacle()).toContain('Activate the Credit Bridge addon');
  state = { kind: 'migrations-pending', pending: ['0001-foundation'] };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(readiness.obstacle()).toContain('creditbridge migrate');
  expect(await readiness.ready()).toBe(false);
  expect(fit).toBe(false);

  state = { kind: 'fit' };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fit).toBe(true);
  expect(readiness.obstacle()).toBeUndefined();
  expect(await readiness.ready()).toBe(true);
  await readiness.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('an unpaired service is not ready, though nothing is in its way', async () => {
  const readiness = startReadiness({
    probe: async () => ({ kind: 'fit' }),
    isPaired: async () => false,
    now: Date.now,
    log,
  });
  await readiness.fit;
  expect(readiness.obstacle()).toBeUndefined();
  expect(await readiness.ready()).toBe(false);
  await readiness.close();
});

test('however often strangers ask, the database is looked at once in two seconds', async () => {
  let looks = 0;
  let time = 0;
  const readiness = startReadiness({
    probe: async () => {
      looks += 1;
      return { kind: 'fit' };
    },
    isPaired: async () => true,
    now: () => time,
    log,
  });
  await readiness.fit;
  looks = 0;
  for (let asked = 0; asked < 50; asked++) await readiness.ready();
  expect(looks).toBe(1);
  time = 2001;
  await readiness.ready();
  expect(looks).toBe(2);
  await readiness.close();
});

test('closing while it waits leaves no timer', async () => {
  vi.useFakeTimers();
  const readiness = startReadiness({
    probe: async () => ({ kind: 'unreachable', reason: 'gone.' }),
    isPaired: async () => true,
    now: Date.now,
    log,
  });
  await vi.advanceTimersByTimeAsync(100);
  await readiness.close();
  expect(vi.getTimerCount()).toBe(0);
});
