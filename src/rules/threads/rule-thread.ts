import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../../base/index.ts';
import type { RuleSource } from '../engine/rule-sources.ts';
import { createProgress, type ProgressReport } from './progress.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.ts';

/** A file whose top level takes longer counts as hanging. */
const LOAD_MAX_MS = 5_000;
/** A rule's time for each question of a batch, on average: a hundred times that of the built-in rules. */
const PER_QUESTION_MS = 1;
/**
 * On a busy processor a thread may take this many times its budget by the clock, because its rule is not the cause. A rule
 * that waits instead of computing is stopped after that time.
 */
const STARVED_FACTOR = 4;
/** How often a busy thread is checked. */
const LOOK_EVERY_MS = 20;
/** Memory of one thread; a rule that needs more is stopped before the service runs out of memory. */
const HEAP_MAX_MIB = 512;

/** The thread ended before it answered. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
  readonly kind: 'timeout' | 'died';
  /** What it did at the end. */
  readonly report: ProgressReport;

  constructor(kind: 'timeout' | 'died', report: ProgressReport, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.report = report;
  }
}

type Ready = Extract<FromThread, { kind: 'ready' }>;

export interface RuleThread {
  /** Resolves when the rules are loaded; rejects with ThreadEnded. */
  readonly ready: Promise<Ready>;
  /** One message at a time. Rejects with ThreadEnded; then the thread is gone. */
  call(message: ToThread, questions: number): Promise<FromThread>;
  ended(): boolean;
  end(): Promise<void>;
}

/** Starts a thread that loads these files, and watches it: a thread in an endless loop cannot watch itself. */
export function startRuleThread(
  sources: readonly RuleSource[],
  taken: ReadonlyMap<string, string>,
  timeoutMs: number,
): RuleThread {
  const progress = createProgress();
  const workerData: ThreadStart = { progress: progress.buffer, sources, taken };
  const worker = new Worker(moduleBeside('./thread', import.meta.url), {
    workerData,
    // Rules must not see the service's secrets.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MIB },
  });
  let waiting: PromiseWithResolvers<FromThread> | undefined;
  let watch: NodeJS.Timeout | undefined;
  let gone = false;

  function fail(
    kind: 'timeout' | 'died',
    report: ProgressReport,
    message: string,
    cause?: unknown,
  ) {
    gone = true;
    clearInterval(watch);
    waiting?.reject(new ThreadEnded(kind, report, message, cause));
    waiting = undefined;
  }

  function expect(questions: number): Promise<FromThread> {
    const answer = Promise.withResolvers<FromThread>();
    waiting = answer;
    let measuring = false;
    watch = setInterval(async () => {
      const report = progress.report();
      const budgetMs =
        report.doing === 'loading' ? LOAD_MAX_MS : timeoutMs + questions * PER_QUESTION_MS;
      if (report.doing === 'nothing' || report.forMs <= budgetMs) return;
      if (report.forMs <= budgetMs * STARVED_FACTOR) {
        if (measuring) return;
        measuring = true;
        const usedMs = ((await usedUs()) - report.usedAtBeginUs) / 1000;
        measuring = false;
        const isSame = waiting === answer && progress.report().beganAt === report.beganAt;
        if (!isSame || progress.report().doing === 'nothing' || usedMs <= budgetMs) return;
      }
      void worker.terminate();
      fail('timeout', report, `It did not finish within ${Math.round(report.forMs)} ms.`);
    }, LOOK_EVERY_MS);
    return answer.promise;
  }

  /** Processor time of the thread, even in a loop; above any budget when Node cannot report it (before 24.6). */
  async function usedUs(): Promise<number> {
    const used = await worker.cpuUsage?.().catch(() => undefined);
    return used === undefined ? Number.POSITIVE_INFINITY : used.user + used.system;
  }

  worker.on('message', (message: FromThread) => {
    clearInterval(watch);
    waiting?.resolve(message);
    waiting = undefined;
  });
  worker.on('error', (error) => fail('died', progress.report(), String(error), error));
  worker.on('exit', (code) => {
    if (!gone) fail('died', progress.report(), `Its thread ended with code ${code}.`);
  });

  const ready = expect(0).then((message) => {
    if (message.kind === 'ready') return message;
    throw new ThreadEnded('died', progress.report(), `It answered ${message.kind} before ready.`);
  });
  // Avoids an unhandled rejection.
  ready.catch(() => {});
  return {
    ready,
    call(message, questions) {
      if (gone) {
        return Promise.reject(new ThreadEnded('died', progress.report(), 'It has already ended.'));
      }
      worker.postMessage(message);
      return expect(questions);
    },
    ended: () => gone,
    async end() {
      fail('died', progress.report(), 'It was ended.');
      await worker.terminate();
    },
  };
}
