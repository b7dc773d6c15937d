import { describe, expect, it } from 'vitest';
import { commandFor } from '../../../src/commands/index.ts';
import { limit, propose } from '../../../src/rules/index.ts';
import { asked, type Invoice, inShort, says, settleOne, WISH } from './settling.ts';

const REST = {
  fact: 'r:invoice:9',
  invoiceId: 9,
  atMostHundredths: 50n,
  description: 'Rest',
  because: 'Small rests are given.',
};
const rest = says('r', propose.forgive(REST));
/** 20.00, of which so much is paid. */
const paid = (paidHundredths: bigint, more: Invoice = {}) =>
  asked({ grossHundredths: 2000n, paidHundredths, ...more }, { creditHundredths: 0n });
const refusal = (question: ReturnType<typeof asked>) => settleOne(question, [rest])[0]?.reason;

describe('the rest of an invoice', () => {
  it('is given whole, to the cent', () => {
    expect(inShort(settleOne(paid(1999n), [rest]))).toEqual([['effect', 'r', 1n]]);
    expect(inShort(settleOne(paid(1950n), [rest]))).toEqual([['effect', 'r', 50n]]);
  });

  it.each([
    ['above the amount', paid(1949n), 'The rest of 0.51 USD is more than 0.50 USD.'],
    ['where nothing is paid', paid(0n, { grossHundredths: 10n, totalHundredths: 10n }), 'yet'],
    ['of a paid invoice', paid(1999n, { status: 'Paid' }), 'is Paid'],
    ['of a deposit', paid(1999n, { kind: 'deposit' }), 'is a deposit'],
    ['that staff wants open', paid(1999n, { keptOff: true }), 'by hand'],
    ['of nothing', paid(2000n), 'Nothing is left to pay'],
  ])('is not given %s', (_, question, because) => {
    expect(inShort(settleOne(question, [rest]))).toEqual([['skipped', 'r', 0n]]);
    expect(refusal(question)).toContain(because);
  });

  it('is never given in part: a cap that is too small gives nothing', () => {
    const capped = says(
      'r',
      propose.forgive({ ...REST, limits: [limit({ atMostHundredths: 9n, because: 'A cap.' })] }),
    );
    expect(inShort(settleOne(paid(1990n), [capped]))).toEqual([['skipped', 'r', 0n]]);
  });

  it('is what other credit leaves, whatever the order of the rules', () => {
    const question = asked({ grossHundredths: 2000n }, { creditHundredths: 1990n });
    const apply = says('z', propose.apply(WISH));
    for (const said of [
      [rest, apply],
      [apply, rest],
    ]) {
      expect(inShort(settleOne(question, said))).toEqual([
        ['effect', 'r', 10n],
        ['effect', 'z', 1990n],
      ]);
    }
  });

  it('becomes credit that goes on that invoice next, while exactly this is open', () => {
    const [settled] = settleOne(paid(1999n), [rest]);
    expect(settled && commandFor(settled)).toMatchObject({
      call: { action: 'AddCredit', parameters: { amount: '0.01', type: 'add' } },
      expects: {
        invoiceStatus: 'Unpaid',
        invoiceBalanceAtLeast: '0.01',
        invoiceBalanceAtMost: '0.01',
      },
      terms: { kind: 'bonus', act: { kind: 'promotional', priority: 0, followsInvoiceId: 9 } },
      next: {
        call: { action: 'ApplyCredit', parameters: { invoiceid: 9, amount: '0.01' } },
        holdHundredths: 1n,
      },
    });
  });

  it('of two rules that answer one fact is given within the smaller amount', () => {
    const less = says('b', propose.forgive({ ...REST, atMostHundredths: 9n }));
    expect(inShort(settleOne(paid(1990n), [rest, less]))).toEqual([['skipped', 'b', 0n]]);
  });
});
