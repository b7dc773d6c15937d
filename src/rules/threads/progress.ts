import type { Watch } from '../engine/watch.ts';

/** What a thread does now. It is in shared memory, because a thread in an endless loop answers no message. */
type Doing = 'nothing' | 'loading' | 'deciding';

const DOING: readonly Doing[] = ['nothing', 'loading', 'deciding'];
const [DOING_AT, WHICH_AT, QUESTION_AT] = [0, 1, 2];
/** Three 32-bit numbers, padded so that the 64-bit ones behind them are aligned. */
const NUMBERS_BYTES = 16;
const [SINCE_AT, USED_AT] = [0, 1];

export interface ProgressReport {
  readonly doing: Doing;
  /** Index of the loading file or of the deciding rule. */
  readonly which: number;
  readonly question: number;
  /** For how long this file has been loading, or this rule has been deciding on this batch. */
  readonly forMs: number;
  /** When that started, by the clock of `process.hrtime`. */
  readonly beganAt: bigint;
  /** The thread's processor time at that moment. */
  readonly usedAtBeginUs: number;
}

export interface Progress extends Watch {
  readonly buffer: SharedArrayBuffer;
  report(): ProgressReport;
}

/** Reads and writes the progress; both threads create one, over the same memory. */
export function createProgress(
  buffer = new SharedArrayBuffer(NUMBERS_BYTES + 2 * BigInt64Array.BYTES_PER_ELEMENT),
): Progress {
  const numbers = new Int32Array(buffer, 0, 3);
  const times = new BigInt64Array(buffer, NUMBERS_BYTES, 2);
  return {
    buffer,
    begin(doing, which) {
      Atomics.store(times, SINCE_AT, process.hrtime.bigint());
      Atomics.store(times, USED_AT, BigInt(threadUsedUs()));
      Atomics.store(numbers, WHICH_AT, which);
      Atomics.store(numbers, QUESTION_AT, 0);
      Atomics.store(numbers, DOING_AT, DOING.indexOf(doing));
    },
    question(index) {
      Atomics.store(numbers, QUESTION_AT, index);
    },
    end() {
      Atomics.store(numbers, DOING_AT, DOING.indexOf('nothing'));
    },
    report() {
      const beganAt = Atomics.load(times, SINCE_AT);
      return {
        doing: DOING[Atomics.load(numbers, DOING_AT)] ?? 'nothing',
        which: Atomics.load(numbers, WHICH_AT),
        question: Atomics.load(numbers, QUESTION_AT),
        forMs: Number(process.hrtime.bigint() - beganAt) / 1e6,
        beganAt,
        usedAtBeginUs: Number(Atomics.load(times, USED_AT)),
      };
    },
  };
}

/** Processor time of this thread; 0 in a Node that does not report it (before 23.9). */
function threadUsedUs(): number {
  const used = process.threadCpuUsage?.();
  return used === undefined ? 0 : used.user + used.system;
}
