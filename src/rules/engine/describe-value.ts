import { inspect } from 'node:util';

/** Longest description of a value; the column for a fault is as wide. */
const DESCRIPTION_MAX = 300;

/** Describes any value in a few words, for a message: what a rule threw or returned. Never throws. */
export function describeValue(value: unknown): string {
  let text: string;
  try {
    text =
      value instanceof Error
        ? `${value.name}: ${value.message}`
        : inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY, getters: false });
  } catch {
    text = 'a value that can’t be shown';
  }
  return text.length > DESCRIPTION_MAX ? `${text.slice(0, DESCRIPTION_MAX - 1)}…` : text;
}
