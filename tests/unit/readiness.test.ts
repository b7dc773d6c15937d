import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import {
  describeObstacle,
  type ReadinessDependencies,
  type StartedReadiness,
  type StorageState,
  startReadiness,
} from '../../src/app/readiness.ts';
import { databaseTrouble } from '../../src/db/index.ts';

const log = pino({ level: 'silent' });
const driverError = (code: string, errno: number) =>
  Object.assign(new Error(`${code} happened`), { code, errno });
const troubleOf = (code: string, errno: number): StorageState => {
  const trouble = databaseTrouble(driverError(code, errno));
  if (trouble === undefined) throw new TypeError(`${code} is no trouble.`);
  return { kind: 'trouble', trouble };
};
const GONE = troubleOf('ECONNREFUSED', -111);
const READ_ONLY = troubleOf('ER_OPTION_PREVENTS_STATEMENT', 1290);
afterEach(() => {
  vi.useRealTimers();
});

test('the service waits for what is missing, says what to do, and goes on by itself', async () => {
  vi.useFakeTimers();
  let state = GONE;
  const readiness = startReadiness({
    probe: async () => state,
    whyApart: async () => undefined,
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
  expect(await readiness.whyNotReady()).toContain('creditbridge migrate');
  expect(fit).toBe(false);

  state = { kind: 'fit' };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fit).toBe(true);
  expect(readiness.obstacle()).toBeUndefined();
  expect(await readiness.whyNotReady()).toBeUndefined();
  await readiness.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('an unpaired service is not ready, though nothing is in its way', async () => {
  const readiness = startReadiness({
    probe: async () => ({ kind: 'fit' }),
    whyApart: async () => 'They are apart.',
    now: Date.now,
    log,
  });
  await readiness.fit;
  expect(readiness.obstacle()).toBeUndefined();
  expect(await readiness.whyNotReady()).toBe('They are apart.');
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
    whyApart: async () => undefined,
    now: () => time,
    log,
  });
  await readiness.fit;
  await readiness.whyNotReady();
  looks = 0;
  time = 2001;
  for (let asked = 0; asked < 50; asked++) await readiness.whyNotReady();
  expect(looks).toBe(1);
  time = 4002;
  await readiness.whyNotReady();
  expect(looks).toBe(2);
  await readiness.close();
});

test('closing while it waits leaves no timer', async () => {
  vi.useFakeTimers();
  const readiness = startReadiness({
    probe: async () => GONE,
    whyApart: async () => undefined,
    now: Date.now,
    log,
  });
  await vi.advanceTimersByTimeAsync(100);
  await readiness.close();
  expect(vi.getTimerCount()).toBe(0);
});

/** Readiness over a database whose state the test sets; it is fit at first. */
async function watch(more: Partial<ReadinessDependencies> = {}): Promise<{
  readonly readiness: StartedReadiness;
  set(state: StorageState): void;
  fits(): number;
}> {
  let state: StorageState = { kind: 'fit' };
  let fits = 0;
  const readiness = startReadiness({
    probe: async () => state,
    whyApart: async () => undefined,
    onFit: () => {
      fits += 1;
    },
    now: Date.now,
    log,
    ...more,
  });
  await readiness.fit;
  return {
    readiness,
    set(next) {
      state = next;
    },
    fits: () => fits,
  };
}

test('a database that turns read-only is noticed within half a minute though nobody works, and so is its mend', async () => {
  vi.useFakeTimers();
  const { readiness, set, fits } = await watch();
  set(READ_ONLY);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(readiness.obstacle()).toMatch(/^The database is read-only\. Make it writable again/);
  expect(await readiness.whyNotReady()).toBe(readiness.obstacle());
  expect(fits()).toBe(1);
  await vi.advanceTimersByTimeAsync(3_600_000);
  set({ kind: 'fit' });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(readiness.obstacle()).toBeUndefined();
  expect(fits()).toBe(2);
  await readiness.close();
});

test('trouble that work meets is an obstacle at once, until a check that looks for it finds none', async () => {
  vi.useFakeTimers();
  let isFull = false;
  const full = troubleOf('ER_RECORD_FILE_FULL', 1114);
  const { readiness } = await watch({
    probe: async (forRoom) => (isFull && forRoom ? full : { kind: 'fit' }),
  });
  isFull = true;
  void readiness.noticed(new TypeError('x is undefined'));
  void readiness.noticed(driverError('ER_DUP_ENTRY', 1062));
  expect(readiness.obstacle()).toBeUndefined();
  void readiness.noticed(driverError('ER_RECORD_FILE_FULL', 1114));
  expect(readiness.obstacle()).toMatch(/^The database has no room left\./);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readiness.obstacle()).toMatch(/^The database has no room left\./);
  isFull = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(readiness.obstacle()).toBeUndefined();
  await readiness.close();
});

test('a missing right is named however many calls fail on it meanwhile', async () => {
  vi.useFakeTimers();
  const grant = "GRANT SELECT (`credit`) ON `whmcs`.`tblclients` TO 'cb'@'localhost'";
  const missing = [{ what: 'SELECT (credit) on tblclients', grant }];
  const meet = () => void readiness.noticed(driverError('ER_COLUMNACCESS_DENIED_ERROR', 1143));
  let isRevoked = false;
  const { readiness } = await watch({
    async probe() {
      if (!isRevoked) return { kind: 'fit' };
      meet();
      return { kind: 'rights-missing', missing };
    },
  });
  isRevoked = true;
  meet();
  await vi.advanceTimersByTimeAsync(1000);
  expect(readiness.obstacle()).toContain(grant);
  await readiness.close();
});

test('a database without room is noticed within a minute though nobody works, by few checks that write', async () => {
  vi.useFakeTimers();
  let isFull = false;
  let writes = 0;
  const { readiness } = await watch({
    probe: async (forRoom) => {
      writes += forRoom ? 1 : 0;
      return isFull && forRoom ? troubleOf('ER_RECORD_FILE_FULL', 1114) : { kind: 'fit' };
    },
  });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(writes).toBeLessThan(100);
  isFull = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(readiness.obstacle()).toMatch(/^The database has no room left\./);
  await readiness.close();
});

test('trouble that comes back at once, which the check cannot see, is looked for less and less often', async () => {
  vi.useFakeTimers();
  let looks = 0;
  const { readiness, fits } = await watch({
    probe: async () => {
      looks += 1;
      return { kind: 'fit' };
    },
  });
  for (let second = 0; second < 600; second++) {
    if (readiness.obstacle() === undefined) {
      void readiness.noticed(driverError('ER_RECORD_FILE_FULL', 1114));
    }
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(looks).toBeGreaterThan(10);
  expect(looks).toBeLessThan(25);
  expect(fits()).toBe(looks);
  await readiness.close();
});

test('a database that is restarted again and again is looked for at once each time', async () => {
  vi.useFakeTimers();
  const { readiness } = await watch({ probe: async () => ({ kind: 'fit' }) });
  for (let restart = 1; restart <= 20; restart++) {
    void readiness.noticed(driverError('PROTOCOL_CONNECTION_LOST', -1));
    expect(readiness.obstacle()).toBeDefined();
    await vi.advanceTimersByTimeAsync(10);
    expect(readiness.obstacle()).toBeUndefined();
  }
  await readiness.close();
});

test('a server that hangs counts as gone, and is not given one check after another', async () => {
  let probes = 0;
  const readiness = startReadiness({
    probe: () => {
      probes += 1;
      return new Promise(() => undefined);
    },
    whyApart: async () => undefined,
    now: Date.now,
    log,
    probeLimitMs: 5,
  });
  await vi.waitFor(() => expect(readiness.obstacle()).toContain('did not answer'));
  await readiness.whyNotReady();
  expect(readiness.obstacle()).toMatch(/^The database server cannot be reached\./);
  expect(probes).toBe(1);
  await readiness.close();
});

test('a missing right is named with the statement that mends it', () => {
  const grant = "GRANT SELECT (`credit`) ON `whmcs`.`tblclients` TO 'cb'@'localhost'";
  const missing = [{ what: 'SELECT (credit) on tblclients', grant }];
  expect(describeObstacle({ kind: 'rights-missing', missing })).toBe(
    `The database account of the service lacks SELECT (credit) on tblclients. Run as an administrator of the database: ${grant};`,
  );
});
