import { Fault } from '../base/index.ts';
import { databaseTrouble, isConflict } from '../db/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { MoneyError } from '../money/index.ts';

/**
 * Whether rows of the log may be what an error comes from: the books refuse them, a figure about them cannot be read, a value of
 * theirs fits no column, or explaining them broke. Then the rows are looked at one by one. Any other fault would meet all of them, or
 * passes by itself.
 */
export function isOfRows(error: unknown): boolean {
  if (error instanceof Fault) return error instanceof LedgerError || error instanceof MoneyError;
  if (isConflict(error) || databaseTrouble(error) !== undefined) return false;
  const { errno, sqlState } = error as { readonly errno?: unknown; readonly sqlState?: unknown };
  return errno === undefined || errno === WRONG_VALUE || /^2[23]/.test(String(sqlState));
}

/** Has no state of its own; the others that a value causes are of class 22 (data) or 23 (constraints). */
const WRONG_VALUE = 1366;
