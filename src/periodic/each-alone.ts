import type { Logger } from '../base/index.ts';
import { Fault, InvariantError } from '../base/index.ts';

/** How an item of periodic work is named in the log and among the findings. */
export interface ItemName {
  /** Unique within the task, ASCII, without the names of people. */
  readonly id: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  /** The beginning of a sentence, as *The transfer from client #1 to client #2*. */
  readonly what: string;
}

export interface Task<T> {
  /** Kebab-case; findings and log lines carry it. */
  readonly name: string;
  readonly nameOf: (one: T) => ItemName;
  /** Whether this pass would have met the item of that id, had it still been there; every item when absent. */
  readonly covers?: (id: string) => boolean;
}

/** An item that failed, as an admin finds it. */
export interface SetAside {
  readonly task: string;
  readonly id: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
}

/** Remembers what failed from one pass to the next, for all replicas. */
export interface SetAsideStore {
  /** The ids of a task's items that failed at their last try. */
  known(task: string): Promise<ReadonlySet<string>>;
  add(items: readonly SetAside[], at: Date): Promise<void>;
  forget(task: string, ids: readonly string[]): Promise<void>;
}

export interface EachAloneDependencies {
  readonly store: SetAsideStore;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

type Pages<T> = Iterable<readonly T[]> | AsyncIterable<readonly T[]>;

/**
 * Does the items of periodic work so that one which throws stops no other. What failed is logged and shown as a finding
 * once, tried again at each pass, and forgotten when it works or is gone. Both ways return how many items were done, and
 * throw what concerns all items alike: the database is gone, read-only or full, or a fault that passes.
 */
export interface EachAlone {
  each<T>(task: Task<T>, pages: Pages<T>, work: (one: T) => Promise<unknown>): Promise<number>;
  /**
   * Does the items of a page together. When that fails, the page is halved until the items at fault stand alone.
   *
   * @param work does all of its items or none.
   */
  together<T>(
    task: Task<T>,
    pages: Pages<T>,
    work: (items: readonly T[]) => Promise<unknown>,
  ): Promise<number>;
}

/** One pass writes no more findings than this; when thousands of items fail, a hundred of them tell enough. */
const FINDINGS_MAX = 100;

export function createEachAlone({ store, now, log }: EachAloneDependencies): EachAlone {
  async function pass<T>(
    task: Task<T>,
    pages: Pages<T>,
    failuresOf: (items: readonly T[]) => Promise<readonly Failure<T>[]>,
  ): Promise<number> {
    const failures: Failure<T>[] = [];
    let done = 0;
    for await (const items of pages) {
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
    const known = await store.known(name);
    const failed = new Map(
      failures.map(({ item, error }) => {
        const named = nameOf(item);
        return [named.id, { named, error }];
      }),
    );
    const fresh: SetAside[] = [];
    for (const [id, { named, error }] of failed) {
      const { clientId, invoiceId, what } = named;
      const isFresh = !known.has(id) && fresh.length < FINDINGS_MAX;
      const ids = { task: name, id, clientId, invoiceId, err: error };
      if (isBrokenInvariant(error)) log.fatal(ids, 'An item of periodic work broke the books');
      else if (isFresh) log.warn(ids, 'An item of periodic work fails; the others go on');
      const text = `${what} fails (${codeOf(error)}). It is tried again, and the others go on; the service's log says more.`;
      if (isFresh) fresh.push({ task: name, id, clientId, invoiceId, text });
    }
    if (fresh.length > 0) await store.add(fresh, new Date(now()));
    const over = [...known].filter((id) => !failed.has(id) && (covers?.(id) ?? true));
    if (over.length > 0) await store.forget(name, over);
  }

  return {
    each: (task, pages, work) => pass(task, pages, (items) => oneByOne(items, work)),
    together: (task, pages, work) => pass(task, pages, (items) => inHalves(items, work)),
  };
}

/** All pages of a list, each beginning behind the last item of the one before. */
export async function* allPages<T, Key>(
  read: (after: Key) => Promise<readonly T[]>,
  first: Key,
  keyOf: (one: T) => Key,
): AsyncGenerator<readonly T[]> {
  for (let after = first; ; ) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = keyOf(last);
  }
}

interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
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

/**
 * Errors of the server that no single row causes: too many connections (1040), no right (1044, 1045, 1142, 1143), disk or
 * table full (1021, 1114), no such table or column (1146, 1054), read-only (1290, 1792, 1836).
 */
const SERVER_ERRORS: ReadonlySet<unknown> = new Set([
  1021, 1040, 1044, 1045, 1054, 1114, 1142, 1143, 1146, 1290, 1792, 1836,
]);

/** Whether any other item would fail in the same way now. */
export function concernsAll(error: unknown): boolean {
  // A conflict that stays is one of the item's own rows; other faults that pass are the installation's.
  if (error instanceof Fault) return error.retry && error.code !== 'transaction-conflict';
  if (!(error instanceof Error)) return false;
  const { fatal, errno, code } = error as Error & Readonly<Record<string, unknown>>;
  return fatal === true || SERVER_ERRORS.has(errno) || String(code).startsWith('PROTOCOL_');
}

function isBrokenInvariant(error: unknown): boolean {
  return error instanceof InvariantError;
}

/** Never the message: it may hold SQL, and with it a client's data. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as Error & Readonly<Record<string, unknown>>;
  return typeof code === 'string' ? code : error.name;
}
