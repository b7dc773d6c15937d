import type { Packed } from './packed.ts';
import { TAG } from './writer.ts';

export type Reader = ReturnType<typeof createReader>;

/** Reads what a writer wrote, in the same order. Reading anything else is a fault of ours, not of what was written. */
export function createReader(packed: Packed) {
  const { numbers, amounts, texts } = packed;
  const seen: unknown[] = [];
  let nextNumber = 0;
  let nextAmount = 0;

  function number(): number {
    const read = numbers[nextNumber++];
    if (read === undefined) throw new RangeError('There are no more numbers to read.');
    return read;
  }

  function amount(): bigint {
    const read = amounts[nextAmount++];
    if (read === undefined) throw new RangeError('There are no more amounts to read.');
    return read;
  }

  function textAt(index: number): string {
    const read = texts[index];
    if (read === undefined) throw new RangeError(`There is no text ${index}.`);
    return read;
  }

  function value(): unknown {
    const tag = number();
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.undefined:
        return undefined;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.number:
        return number();
      case TAG.amount:
        return amount();
      case TAG.text:
        return textAt(number());
      case TAG.list:
        return Array.from({ length: number() }, value);
      case TAG.record: {
        const length = number();
        const entries: [string, unknown][] = [];
        for (let i = 0; i < length; i++) entries.push([textAt(number()), value()]);
        return Object.fromEntries(entries);
      }
      default:
        throw new RangeError(`There is no kind of value ${tag}.`);
    }
  }

  return {
    number,
    flag: (): boolean => number() === 1,
    amount,
    text: (): string => textAt(number()),
    maybeText: (): string | null => {
      const index = number();
      return index < 0 ? null : textAt(index);
    },
    maybeNumber: (): number | null => {
      const read = number();
      return Number.isNaN(read) ? null : read;
    },
    value,
    /** An object that was written with `shared`, by the same function each time. */
    shared: <T extends object>(read: () => T): T => {
      const index = number();
      // What stands at this index was read by the same function: writer and reader go through the same fields.
      if (index >= 0) return seen[index] as T;
      const given = read();
      seen.push(given);
      return given;
    },
    /** Whether everything was read. */
    atEnd: (): boolean => nextNumber === numbers.length && nextAmount === amounts.length,
  };
}
