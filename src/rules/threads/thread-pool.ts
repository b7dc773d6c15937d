import { RuleError } from '../../base/index.ts';
import type { RuleInfo, RuleSetting } from '../engine/engine.ts';
import type { RuleSource } from '../engine/rule-sources.ts';
import { type RuleThread, startRuleThread, ThreadEnded } from './rule-thread.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

interface Seat {
  readonly thread: RuleThread;
  readonly ids: readonly string[];
  /** The settings the thread has, by identity: the same array is not sent again. */
  settings: readonly RuleSetting[] | null;
}

export interface PoolOptions {
  readonly sources: readonly RuleSource[];
  /** Ids of the built-in rules, with the source of each. */
  readonly taken: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
  readonly threads: number;
  /** Called for a file whose top level hangs or ends the thread; it is not loaded again. */
  readonly unloadable: (source: RuleSource, problem: string) => void;
}

interface Call {
  readonly message: ToThread;
  readonly questions: number;
}

/** Makes the message for a thread. `knows` returns whether the thread has these settings, and records that it gets them. */
type MakeCall = (knows: (settings: readonly RuleSetting[]) => boolean) => Call;

export type Called =
  | { readonly answer: FromThread }
  /** The thread ended while `rule` was at work. A new thread replaces it. */
  | { readonly ended: ThreadEnded; readonly rule: string | undefined };

export interface ThreadPool {
  start(): Promise<{ readonly infos: readonly RuleInfo[] }>;
  call(make: MakeCall): Promise<Called>;
  close(): Promise<void>;
}

/** Shares a few threads, first come, first served. Further threads start when needed. */
export function createThreadPool(options: PoolOptions): ThreadPool {
  const sources = [...options.sources];
  const free: Seat[] = [];
  const queue: PromiseWithResolvers<Seat>[] = [];
  const threads = new Set<RuleThread>();
  let infos: readonly RuleInfo[] = [];
  let seats = 0;
  let closed = false;

  /** @throws {RuleError} `engine-closed`, `engine-failed` */
  async function openSeat(): Promise<Seat> {
    for (;;) {
      if (closed) throw engineClosed();
      const thread = startRuleThread(sources, options.taken, options.timeoutMs);
      threads.add(thread);
      try {
        const ready = await thread.ready;
        infos = ready.infos;
        return { thread, ids: ready.ids, settings: null };
      } catch (error) {
        threads.delete(thread);
        if (closed) throw engineClosed();
        const culprit = culpritOf(error, sources);
        if (culprit === undefined) {
          throw new RuleError('engine-failed', `The rules can’t be loaded: ${String(error)}`, {
            cause: error,
          });
        }
        sources.splice(sources.indexOf(culprit), 1);
        options.unloadable(culprit, `It could not be loaded. ${String(error)}`);
      }
    }
  }

  async function take(): Promise<Seat> {
    const seat = free.pop();
    if (seat !== undefined) return seat;
    if (seats < options.threads) {
      seats += 1;
      return openSeat().catch((error: unknown) => {
        seats -= 1;
        throw error;
      });
    }
    const turn = Promise.withResolvers<Seat>();
    queue.push(turn);
    return turn.promise;
  }

  function giveBack(seat: Seat): void {
    const next = queue.shift();
    if (next === undefined) free.push(seat);
    else next.resolve(seat);
  }

  /** Replaces a thread that ended; when no new one starts, rejects every waiting call. */
  async function replace(seat: Seat): Promise<void> {
    threads.delete(seat.thread);
    try {
      giveBack(await openSeat());
    } catch (error) {
      seats -= 1;
      if (seats === 0) for (const turn of queue.splice(0)) turn.reject(error);
    }
  }

  return {
    async start() {
      giveBack(await take());
      return { infos };
    },

    async call(make) {
      if (closed) throw engineClosed();
      const seat = await take();
      const { message, questions } = make((settings) => {
        const known = seat.settings === settings;
        seat.settings = settings;
        return known;
      });
      try {
        const answer = await seat.thread.call(message, questions);
        if (answer.kind === 'failed') seat.settings = null;
        giveBack(seat);
        return { answer };
      } catch (error) {
        if (closed || !(error instanceof ThreadEnded)) throw closed ? engineClosed() : error;
        void replace(seat);
        const { doing, which } = error.report;
        return { ended: error, rule: doing === 'deciding' ? seat.ids[which] : undefined };
      }
    },

    async close() {
      closed = true;
      for (const turn of queue.splice(0)) turn.reject(engineClosed());
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}

/** The file that was loading when the thread ended. */
function culpritOf(error: unknown, sources: readonly RuleSource[]): RuleSource | undefined {
  if (!(error instanceof ThreadEnded) || error.report.doing !== 'loading') return undefined;
  return sources[error.report.which];
}

function engineClosed(): RuleError {
  return new RuleError('engine-closed', 'The engine was closed.', { retry: true });
}
