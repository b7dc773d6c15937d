import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

/** Converts texts of the command line; commander reports the wrong ones. */

export function parseDate(text: string): string {
  if (z.iso.date().safeParse(text).success) return text;
  throw new InvalidArgumentError('A day that exists is wanted, written YYYY-MM-DD.');
}

export function parseId(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number is wanted, such as 12.');
}

/** Thirteen months, in which a repeat of an operation finds it in the audit. */
export const KEPT_DAYS_LEAST = 400;

export function parseKeptDays(text: string): number {
  if (/^[0-9]{3,5}$/.test(text) && Number(text) >= KEPT_DAYS_LEAST) return Number(text);
  throw new InvalidArgumentError(`A number of days is wanted, at least ${KEPT_DAYS_LEAST}.`);
}

/** Two years: whoever looks back further waits long for little. */
const DAYS_BACK_MOST = 730;

export function parseDaysBack(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= DAYS_BACK_MOST) return Number(text);
  throw new InvalidArgumentError(`A number of days is wanted, from 1 to ${DAYS_BACK_MOST}.`);
}
