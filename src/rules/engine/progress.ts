/** What the other thread is doing; read while it may be in an endless loop, so it stands in shared memory. */
export type Doing = 'nothing' | 'loading' | 'deciding';

const DOING: readonly Doing[] = ['nothing', 'loading', 'deciding'];
const [DOING_AT, WHICH_AT, QUESTION_AT] = [0, 1, 2];
/** Three 32-bit numbers, padded so that the 64-bit one behind them is aligned. */
const NUMBERS_BYTES = 16;

export interface ProgressReport {
  readonly doing: Doing;
  /** Index of the file that is loaded, or of the rule that decides. */
  readonly which: number;
  readonly question: number;
  /** For how long this file is loaded, or this rule has been deciding on this page. */
  readonly forMs: number;
}

export interface Progress {
  readonly buffer: SharedArrayBuffer;
  begin(doing: Doing, which: number): void;
  question(index: number): void;
  end(): void;
  report(): ProgressReport;
}

/** Both threads make one, over the same memory. */
export function createProgress(
  buffer = new SharedArrayBuffer(NUMBERS_BYTES + BigInt64Array.BYTES_PER_ELEMENT),
): Progress {
  const numbers = new Int32Array(buffer, 0, 3);
  const since = new BigInt64Array(buffer, NUMBERS_BYTES, 1);
  return {
    buffer,
    begin(doing, which) {
      Atomics.store(since, 0, process.hrtime.bigint());
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
      const began = Atomics.load(since, 0);
      return {
        doing: DOING[Atomics.load(numbers, DOING_AT)] ?? 'nothing',
        which: Atomics.load(numbers, WHICH_AT),
        question: Atomics.load(numbers, QUESTION_AT),
        forMs: Number(process.hrtime.bigint() - began) / 1e6,
      };
    },
  };
}
