import { LedgerError } from '../ledger-error.ts';
import type { Changes, Posting, Spend } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/**
 * Checks an entry's changes before they are stored.
 * @throws {LedgerError} when a grant leaves its bounds, a spend is not fully accounted for, or money appears or vanishes
 */
export function checkChanges(book: WorkingBook, posting: Posting, changes: Changes): void {
  let gained = 0n;
  for (const grant of changes.grants) {
    const { id, amountHundredths, remainingHundredths } = grant;
    if (remainingHundredths < 0n || remainingHundredths > amountHundredths) {
      throw broken(
        'grant-out-of-bounds',
        `Grant ${id} over ${amountHundredths} has ${remainingHundredths} left.`,
        posting,
      );
    }
    gained += remainingHundredths - (book.grantBefore(id)?.remainingHundredths ?? 0n);
  }
  for (const spend of changes.spends) {
    checkSpend(book, posting, changes, spend);
    gained -=
      spend.unfundedHundredths - (book.spendBefore(spend.sequence)?.unfundedHundredths ?? 0n);
  }
  const expected =
    posting.direction === 'in' ? posting.amountHundredths : -posting.amountHundredths;
  if (gained !== expected) {
    throw broken(
      'entry-not-accounted',
      `Entry ${posting.sequence} is over ${expected} and changed the grants by ${gained}.`,
      posting,
    );
  }
}

function checkSpend(book: WorkingBook, posting: Posting, changes: Changes, spend: Spend): void {
  const { sequence, amountHundredths, unfundedHundredths } = spend;
  if (unfundedHundredths < 0n || unfundedHundredths > amountHundredths) {
    throw broken(
      'unfunded-out-of-bounds',
      `Entry ${sequence} over ${amountHundredths} has ${unfundedHundredths} unfunded.`,
      posting,
    );
  }
  const before = book.spendBefore(sequence);
  let drawn = 0n;
  for (const row of changes.drawDowns) {
    if (row.spend === sequence) {
      drawn += row.direction === 'draw' ? row.amountHundredths : -row.amountHundredths;
    }
  }
  const covered = drawn + unfundedHundredths - (before?.unfundedHundredths ?? 0n);
  // Every part of a new spend is drawn or unfunded; an older one only moves between the two, or shrinks when credit comes back.
  const whole = before === undefined ? amountHundredths : 0n;
  if (covered > whole || (covered < whole && posting.direction === 'out')) {
    throw broken(
      'spend-not-attributed',
      `Of entry ${sequence}, ${covered} was attributed by entry ${posting.sequence} instead of ${whole}.`,
      posting,
    );
  }
}

function broken(code: string, message: string, posting: Posting): LedgerError {
  return new LedgerError(code, message, {
    details: { sequence: posting.sequence, act: posting.act.do },
  });
}
