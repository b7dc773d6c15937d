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

/** Values; it doubles when it is full. */
const FIRST_SIZE = 1024;

export type Writer = ReturnType<typeof createWriter>;

/** Writes values one after another; a reader reads them in the same order. */
export function createWriter() {
  let numbers = new Float64Array(FIRST_SIZE);
  let numbersWritten = 0;
  let amounts = new BigInt64Array(FIRST_SIZE);
  let amountsWritten = 0;
  const texts: string[] = [];
  const textIndex = new Map<string, number>();
  const seen = new Map<object, number>();

  function number(given: number): void {
    if (numbersWritten === numbers.length) {
      const larger = new Float64Array(numbers.length * 2);
      larger.set(numbers);
      numbers = larger;
    }
    numbers[numbersWritten++] = given;
  }

  function amount(given: bigint): void {
    if (amountsWritten === amounts.length) {
      const larger = new BigInt64Array(amounts.length * 2);
      larger.set(amounts);
      amounts = larger;
    }
    amounts[amountsWritten++] = given;
  }

  function text(value: string): void {
    let index = textIndex.get(value);
    if (index === undefined) {
      index = texts.length;
      texts.push(value);
      textIndex.set(value, index);
    }
    number(index);
  }

  function value(given: unknown): void {
    switch (typeof given) {
      case 'boolean':
        number(given ? TAG.true : TAG.false);
        return;
      case 'number':
        number(TAG.number);
        number(given);
        return;
      case 'bigint':
        number(TAG.amount);
        amount(given);
        return;
      case 'string':
        number(TAG.text);
        text(given);
        return;
      case 'object':
        if (given === null) number(TAG.null);
        else if (Array.isArray(given)) list(given);
        else record(given);
        return;
      default:
        number(TAG.undefined);
    }
  }

  function list(given: readonly unknown[]): void {
    number(TAG.list);
    number(given.length);
    for (const one of given) value(one);
  }

  function record(given: object): void {
    const entries = Object.entries(given);
    number(TAG.record);
    number(entries.length);
    for (const [key, one] of entries) {
      text(key);
      value(one);
    }
  }

  return {
    number,
    flag: (given: boolean): void => {
      number(given ? 1 : 0);
    },
    amount,
    text,
    /** A text that hardly comes twice, such as a fact: not worth looking up. */
    ownText: (given: string): void => {
      number(texts.length);
      texts.push(given);
    },
    /** A text or null. */
    maybeText: (given: string | null): void => {
      if (given === null) number(-1);
      else text(given);
    },
    maybeNumber: (given: number | null): void => {
      number(given ?? Number.NaN);
    },
    value,
    /** An object that several questions share is written once; afterwards its number is enough. */
    shared: <T extends object>(given: T, write: (given: T) => void): void => {
      const index = seen.get(given);
      if (index !== undefined) {
        number(index);
        return;
      }
      number(-1);
      // The reader counts objects when they are complete, so the inner ones come first.
      write(given);
      seen.set(given, seen.size);
    },
    finish: (): Packed => ({
      numbers: numbers.slice(0, numbersWritten),
      amounts: amounts.slice(0, amountsWritten),
      texts,
    }),
  };
}
