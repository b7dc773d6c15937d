import { describe, expect, it } from 'vitest';
import { depositedHundredths } from '../../../src/rules/index.ts';
import { anInvoice, someFacts } from '../../../src/rules/testing.ts';

/** A deposit over 50.00, by what it got: money of its own, its share of a mass payment, and credit. */
function deposited(got: {
  readonly money?: bigint;
  readonly bundled?: bigint;
  readonly credit?: bigint;
  readonly isNine?: boolean;
}): bigint {
  const { money = 0n, bundled = 0n, credit = 0n, isNine = false } = got;
  const creditHundredths = credit + bundled;
  const invoice = anInvoice({
    kind: 'deposit',
    status: 'Paid',
    grossHundredths: 5000n,
    // 8.x lowers it (whmcs.md §2.2).
    totalHundredths: isNine ? 5000n : 5000n - creditHundredths,
    creditHundredths,
    paidHundredths: money,
  });
  return depositedHundredths(someFacts({ invoice, receivedHundredths: money + bundled }));
}

describe.each([false, true])('the money in a deposit, on 9.x: %s', (isNine) => {
  it.each([
    ['paid by card', { money: 5000n }, 5000n],
    ['paid in a mass payment, which WHMCS books as credit', { bundled: 5000n }, 5000n],
    ['paid in part with credit', { money: 3000n, credit: 2000n }, 3000n],
    ['paid in part with credit, and in a mass payment', { bundled: 3000n, credit: 2000n }, 3000n],
    ['paid with credit alone', { credit: 5000n }, 0n],
    ['paid with more than it asks', { money: 7000n }, 5000n],
    [
      'paid in part with credit, and with more money than the rest',
      { money: 4000n, credit: 2000n },
      3000n,
    ],
  ])('%s', (_, got, expected) => {
    expect(deposited({ ...got, isNine })).toBe(expected);
  });
});

it('counts a payment once that a gateway told twice', () => {
  const invoice = anInvoice({ kind: 'deposit', totalHundredths: 5000n, paidHundredths: 10_000n });
  expect(depositedHundredths(someFacts({ invoice, receivedHundredths: 5000n }))).toBe(5000n);
});
