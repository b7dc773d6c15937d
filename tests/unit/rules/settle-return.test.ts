import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/rules/engine/index.ts';
import { type CreditOnFacts, limit, propose } from '../../../src/rules/index.ts';
import { aClient, aGrant, anEvent, anInvoice, someFacts, YEN } from '../../../src/rules/testing.ts';
import { inShort, says, settleOne } from './settling.ts';

const KEEPS = { takesOff: false, cancelling: 'keeps' } as const;
const TAKES_OFF = { takesOff: true, cancelling: 'unclear' } as const;

interface Asked {
  readonly status?: string;
  readonly creditOn?: Partial<CreditOnFacts> | null;
  readonly credit?: bigint;
  readonly kind?: 'ordinary' | 'mass-payment';
  readonly currency?: typeof YEN;
}

/** A cancelled invoice with 12.00 of its client's credit, on a WHMCS that keeps it there. */
function asked({
  status = 'Cancelled',
  creditOn = {},
  credit = 300n,
  ...more
}: Asked = {}): Question {
  const currency = more.currency === undefined ? {} : { currency: more.currency };
  return {
    key: 'invoice:9',
    event: anEvent('InvoiceCancelled', { invoiceid: 9 }),
    facts: someFacts({
      client: aClient({ creditHundredths: credit, ...currency }),
      invoice: anInvoice({ status, kind: more.kind ?? 'ordinary', creditHundredths: 1200n }),
      ledger: { balanceHundredths: 300n, seenLogId: 44, grants: [aGrant()] },
      creditOn: creditOn && {
        leftHundredths: 1200n,
        putHundredths: 1200n,
        refundedToCreditHundredths: 0n,
        mayBeBack: null,
        lastEntry: 7n,
        ways: KEEPS,
        ...creditOn,
      },
    }),
  };
}

const WISH = { fact: 'a:invoice:9:7', invoiceId: 9, because: 'It was cancelled.' };
const wish = says('a', propose.return(WISH));
const refusal = (question: Question) => settleOne(question, [wish])[0]?.reason;

describe('credit that a rule gives back', () => {
  it('is all that the ledger knows on the invoice, or less where that is asked for or allowed', () => {
    expect(inShort(settleOne(asked(), [wish]))).toEqual([['effect', 'a', 1200n]]);
    const less = says('a', propose.return({ ...WISH, atMostHundredths: 500n }));
    expect(inShort(settleOne(asked(), [less]))).toEqual([['effect', 'a', 500n]]);
    const capped = says(
      'a',
      propose.return({
        ...WISH,
        limits: [limit({ atMostHundredths: 400n, because: 'Four at most.' })],
      }),
    );
    expect(inShort(settleOne(asked(), [capped]))).toEqual([['effect', 'a', 400n]]);
  });

  it('is rounded down where the currency has no cents, but for the whole of it', () => {
    const odd = { currency: YEN, creditOn: { leftHundredths: 1250n } };
    expect(inShort(settleOne(asked(odd), [wish]))).toEqual([['effect', 'a', 1250n]]);
    const part = says('a', propose.return({ ...WISH, atMostHundredths: 1249n }));
    expect(inShort(settleOne(asked(odd), [part]))).toEqual([['effect', 'a', 1200n]]);
  });

  it.each<readonly [string, Asked, string]>([
    ['a paid invoice', { status: 'Paid' }, 'Credit → Remove'],
    ['an unpaid one without a trial', { status: 'Unpaid' }, 'No trial has shown'],
    [
      'a cancelled one of a version that gives it back itself',
      { creditOn: { ways: { takesOff: false, cancelling: 'returns' } } },
      'would give it twice',
    ],
    ['one of a version nobody has tried', { creditOn: { ways: TAKES_OFF } }, 'No trial has shown'],
    ['one without credit', { creditOn: { leftHundredths: 0n } }, 'No credit of the client'],
    ['one that credit may have left already', { creditOn: { mayBeBack: 12n } }, 'Entry #12'],
    ['one while the ledger is behind', { credit: 301n }, 'has not seen every movement'],
    ['one that the ledger does not know', { creditOn: null }, 'has not seen every movement'],
    ['a mass payment', { kind: 'mass-payment' }, 'is a mass-payment'],
  ])('does not come from %s, and says why', (_, question, because) => {
    expect(inShort(settleOne(asked(question), [wish]))).toEqual([['skipped', 'a', 0n]]);
    expect(refusal(asked(question))).toContain(because);
  });

  it('comes off an unpaid invoice where a trial has shown it', () => {
    const open = asked({ status: 'Unpaid', creditOn: { ways: TAKES_OFF } });
    expect(inShort(settleOne(open, [wish]))).toEqual([['effect', 'a', 1200n]]);
  });

  it('comes back once, although two rules ask, and no rule puts it on the same invoice again', () => {
    const open = asked({ status: 'Unpaid', creditOn: { ways: TAKES_OFF } });
    const other = says('b', propose.return({ ...WISH, fact: 'b:invoice:9' }));
    const again = says('c', propose.apply({ ...WISH, fact: 'c:invoice:9' }));
    const settled = settleOne(open, [again, other, wish]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 1200n],
      ['skipped', 'c', 0n],
    ]);
    expect(settled[0]?.trace.said.map(({ rule }) => rule)).toEqual(['a', 'b', 'c']);
  });

  it('of two rules that answer one fact is the smaller amount, and as it was', () => {
    const [one] = settleOne(asked(), [
      says('a', propose.return({ ...WISH, as: { kind: 'promotional', expiresOn: '2027-01-01' } })),
      says('b', propose.return({ ...WISH, atMostHundredths: 100n })),
    ]);
    expect(one).toMatchObject({ amountHundredths: 100n, effect: { as: null } });
  });
});
