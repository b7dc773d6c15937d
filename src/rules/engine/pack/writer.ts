import type { Packed } from './packed.ts';

/** Values of no type we know in advance: a hook's data, a page's variables. */
export const TAG = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  number: 4,
  amount: 5,
  text: 6,
  list: 7,
  record: 8,
} as const;

export type Writer = ReturnType<typeof createWriter>;

/** Writes values one after another; a reader reads them in the same order. */
export function createWriter() {
  const numbers: number[] = [];
  const amounts: bigint[] = [];
  const texts: string[] = [];
  const textIndex = new Map<string, number>();
  const seen = new Map<object, number>();

  function text(value: string): void {
    let index = textIndex.get(value);
    if (index === undefined) {
      index = texts.length;
      texts.push(value);
      textIndex.set(value, index);
    }
    numbers.push(index);
  }

  function value(given: unknown): void {
    if (given === null) numbers.push(TAG.null);
    else if (typeof given === 'boolean') numbers.push(given ? TAG.true : TAG.false);
    else if (typeof given === 'number') numbers.push(TAG.number, given);
    else if (typeof given === 'bigint') {
      numbers.push(TAG.amount);
      amounts.push(given);
    } else if (typeof given === 'string') {
      numbers.push(TAG.text);
      text(given);
    } else if (Array.isArray(given)) {
      numbers.push(TAG.list, given.length);
      for (const one of given) value(one);
    } else if (typeof given === 'object') {
      const entries = Object.entries(given);
      numbers.push(TAG.record, entries.length);
      for (const [key, one] of entries) {
        text(key);
        value(one);
      }
    } else {
      numbers.push(TAG.undefined);
    }
  }

  return {
    number: (given: number): void => {
      numbers.push(given);
    },
    flag: (given: boolean): void => {
      numbers.push(given ? 1 : 0);
    },
    amount: (given: bigint): void => {
      amounts.push(given);
    },
    text,
    /** A text or null. */
    maybeText: (given: string | null): void => {
      if (given === null) numbers.push(-1);
      else text(given);
    },
    maybeNumber: (given: number | null): void => {
      numbers.push(given ?? Number.NaN);
    },
    value,
    /** An object that several questions share is written once; afterwards its number is enough. */
    shared: <T extends object>(given: T, write: (given: T) => void): void => {
      const index = seen.get(given);
      if (index !== undefined) {
        numbers.push(index);
        return;
      }
      numbers.push(-1);
      // The reader counts objects when they are complete, so the inner ones come first.
      write(given);
      seen.set(given, seen.size);
    },
    finish: (): Packed => ({
      numbers: Float64Array.from(numbers),
      amounts: BigInt64Array.from(amounts),
      texts,
    }),
  };
}
