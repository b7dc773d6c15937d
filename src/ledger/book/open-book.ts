import { LedgerError } from '../ledger-error.ts';
import { checkChanges } from './check-changes.ts';
import { correctIncoming, correctOutgoing } from './correct-entry.ts';
import { fundUnfunded } from './fund-unfunded.ts';
import { grantOf } from './grant-credit.ts';
import { restoredBy } from './restored-by.ts';
import { returnCredit } from './return-credit.ts';
import { returnShares } from './return-shares.ts';
import { reverseCredit } from './reverse-credit.ts';
import { spendCredit } from './spend-credit.ts';
import type { Book, Changes, LedgerSettings, Posting } from './types.ts';
import { WorkingBook } from './working-book.ts';

/** The book of one account. Post entries in the order of their sequence. */
export interface OpenBook {
  /**
   * Posts one entry.
   * @returns its changes, for the store to write
   * @throws {LedgerError} `act-against-direction`, `amount-negative`, `entry-posted-twice`, `book-incomplete`, or the code of a
   *   broken invariant. Do not use the book afterwards.
   */
  post(posting: Posting, settings: LedgerSettings): Changes;
  /** Returns the present state. */
  state(): Book;
}

export function openBook(book: Book): OpenBook {
  const working = new WorkingBook(book);
  return {
    post(posting, settings) {
      checkPosting(posting);
      working.begin(posting.sequence);
      if (posting.act.do === 'history') return working.changes();
      carryOut(working, posting, settings);
      fundUnfunded(working, posting, settings);
      const changes = working.changes();
      checkChanges(working, posting, changes);
      return changes;
    },
    state: () => working.book(),
  };
}

function carryOut(book: WorkingBook, posting: Posting, settings: LedgerSettings): void {
  const { act } = posting;
  switch (act.do) {
    case 'history':
      break;
    case 'grant':
      book.openGrant(grantOf(posting, act, posting.amountHundredths));
      break;
    case 'spend': {
      const named = act.grants.map((grantId) => ({ grantId }));
      spendCredit(book, posting, named, settings);
      break;
    }
    case 'return': {
      const { invoiceId } = posting;
      const spends = invoiceId === null ? [] : book.spendsOfInvoice(invoiceId);
      if (act.outOfHundredths === undefined) returnCredit(book, posting, spends);
      else returnShares(book, posting, spends, act.outOfHundredths);
      break;
    }
    case 'reverse':
      reverseCredit(book, posting, act.grants);
      break;
    case 'take-back': {
      const restored = restoredBy(book, act.returns).map(({ grantId, amountHundredths }) => ({
        grantId,
        limit: amountHundredths,
      }));
      spendCredit(book, posting, restored, settings);
      break;
    }
    case 'correct':
      if (posting.direction === 'in') correctOutgoing(book, posting, act.corrects);
      else correctIncoming(book, posting, act.corrects);
  }
}

const DIRECTIONS = {
  grant: 'in',
  return: 'in',
  spend: 'out',
  'take-back': 'out',
  reverse: 'out',
} as const;

function checkPosting({ act, direction, amountHundredths, sequence }: Posting): void {
  if (amountHundredths < 0n) {
    throw new LedgerError('amount-negative', `Entry ${sequence} is over ${amountHundredths}.`);
  }
  if (act.do === 'history' || act.do === 'correct') return;
  if (DIRECTIONS[act.do] !== direction) {
    throw new LedgerError(
      'act-against-direction',
      `Entry ${sequence} moves credit ${direction}, but its act is '${act.do}'.`,
      { details: { sequence } },
    );
  }
}
