import type { Logger } from '../base/index.ts';
import { Fault, InvariantError } from '../base/index.ts';
import { type Db, databaseTrouble } from '../db/index.ts';
import { forgetSetAside, idsSetAside, type SetAside, setAside } from './set-aside.ts';

/** How an item of periodic work is named in the log and among the findings. */
export interface ItemName {
  /** Unique within the task; ASCII, without personal data. */
  readonly id: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  /** The beginning of a sentence, such as *The transfer from client #1 to client #2*. */
  readonly what: string;
}

export interface Task<T> {
  /** Kebab-case; findings and log lines carry it. */
  readonly name: string;
  readonly nameOf: (one: T) => ItemName;
  /** Whether this pass looks where the item of that id would be; when absent, it looks everywhere. */
  readonly covers?: (id: string) => boolean;
}

export interface EachAloneDependencies {
  readonly db: Db;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

type Batches<T> = Iterable<readonly T[]> | AsyncIterable<readonly T[]>;

/**
 * Does periodic work item by item, so that one which throws does not stop the others. A failing item is logged and shown as
 * a finding once, retried at each pass, and forgotten when it works or is gone. Both functions return how many items were
 * done. They throw what no single item causes: the database is gone, read-only or full, or a fault that will pass.
 */
export interface EachAlone {
  each<T>(task: Task<T>, batches: Batches<T>, work: (one: T) => Promise<unknown>): Promise<number>;
  /**
   * Does the items of a batch together. When that fails, the batch is halved until the failing items stand alone.
   *
   * @param work does all of its items or none of them.
   */
  together<T>(
    task: Task<T>,
    batches: Batches<T>,
    work: (items: readonly T[]) => Promise<unknown>,
  ): Promise<number>;
  /** Names items that other work found failing, as a pass does, and forgets the others that the task covers. */
  tell<T>(task: Task<T>, failures: readonly Failure<T>[]): Promise<void>;
}

/** An item that failed. */
export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

/** One pass adds at most this many findings. If more items fail, the log says how many, and the next passes add them. */
const FINDINGS_MAX = 100;

export function createEachAlone({ db, now, log }: EachAloneDependencies): EachAlone {
  async function pass<T>(
    task: Task<T>,
    batches: Batches<T>,
    failuresOf: (items: readonly T[]) => Promise<readonly Failure<T>[]>,
  ): Promise<number> {
    const failures: Failure<T>[] = [];
    let done = 0;
    for await (const items of batches) {
      const failed = await failuresOf(items);
      done += items.length - failed.length;
      failures.push(...failed);
    }
    await tell(task, failures);
    return done;
  }

  async function tell<T>(
    { name, nameOf, covers }: Task<T>,
    failures: readonly Failure<T>[],
  ): Promise<void> {
    const known = await idsSetAside(db, name);
    const failed = new Map(
      failures.map(({ item, error }) => {
        const named = nameOf(item);
        return [named.id, { named, error }];
      }),
    );
    const fresh: SetAside[] = [];
    let unnamed = 0;
    for (const [id, { named, error }] of failed) {
      const { clientId, invoiceId, what } = named;
      const ids = { task: name, id, clientId, invoiceId, err: error };
      const isFatal = isBrokenInvariant(error);
      if (isFatal) log.fatal(ids, 'An item of periodic work broke the books');
      if (known.has(id)) continue;
      if (fresh.length === FINDINGS_MAX) {
        unnamed += 1;
        continue;
      }
      if (!isFatal) log.warn(ids, 'An item of periodic work fails; the others go on');
      const text = `${what} fails (${codeOf(error)}). It is tried again, and the others go on; the service's log says more.`;
      fresh.push({ id, clientId, invoiceId, text });
    }
    if (unnamed > 0) {
      log.warn(
        { task: name, unnamed },
        'More items of periodic work fail; the next pass names them',
      );
    }
    await setAside(db, name, fresh, new Date(now()));
    const over = [...known].filter((id) => !failed.has(id) && (covers?.(id) ?? true));
    await forgetSetAside(db, name, over);
  }

  return {
    each: (task, batches, work) => pass(task, batches, (items) => oneByOne(items, work)),
    tell,
    together: (task, batches, work) => pass(task, batches, (items) => inHalves(items, work)),
  };
}

/** Reads a long list batch by batch; each begins behind the last item of the one before. */
export async function* allBatches<T, Key>(
  read: (after: Key) => Promise<readonly T[]>,
  first: Key,
  keyOf: (one: T) => Key,
): AsyncGenerator<readonly T[]> {
  for (let after = first; ; ) {
    const batch = await read(after);
    const last = batch.at(-1);
    if (last === undefined) return;
    yield batch;
    after = keyOf(last);
  }
}

async function oneByOne<T>(
  items: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<readonly Failure<T>[]> {
  const failures: Failure<T>[] = [];
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      if (concernsAll(error)) throw error;
      failures.push({ item, error });
    }
  }
  return failures;
}

async function inHalves<T>(
  items: readonly T[],
  work: (items: readonly T[]) => Promise<unknown>,
): Promise<readonly Failure<T>[]> {
  const [item] = items;
  if (item === undefined) return [];
  try {
    await work(items);
    return [];
  } catch (error) {
    if (concernsAll(error)) throw error;
    if (items.length === 1) return [{ item, error }];
  }
  const half = Math.ceil(items.length / 2);
  const first = await inHalves(items.slice(0, half), work);
  return [...first, ...(await inHalves(items.slice(half), work))];
}

/** Whether any other item would fail in the same way at the moment. */
export function concernsAll(error: unknown): boolean {
  // A conflict that stays after retries comes from the item's own rows; other passing faults concern the installation.
  if (error instanceof Fault) return error.retry && error.code !== 'transaction-conflict';
  return databaseTrouble(error) !== undefined;
}

function isBrokenInvariant(error: unknown): boolean {
  return error instanceof InvariantError;
}

/** The code of an error, never its message: that may hold SQL, and with it personal data. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as Error & Readonly<Record<string, unknown>>;
  return typeof code === 'string' ? code : error.name;
}
