import { describe, expect, test } from 'vitest';
import {
  doubtfulPayments,
  type PaidInvoice,
  type SurplusLimits,
} from '../../../src/events/index.ts';

const USD = 1;
const RATES = [
  { currencyId: USD, code: 'USD', rate: 100_000n },
  { currencyId: 2, code: 'MXN', rate: 1_868_000n },
  { currencyId: 3, code: 'EUR', rate: 92_000n },
];
const LIMITS: SurplusLimits = { times: 10, otherCurrencies: true };

type Row = Partial<PaidInvoice['rows'][number]> & { readonly paid?: bigint };

function invoice(total: bigint, rows: readonly Row[], gross = total): PaidInvoice {
  return {
    id: 9,
    totalHundredths: total,
    grossHundredths: gross,
    rows: rows.map(({ paid = 0n, ...row }, index) => ({
      id: index + 1,
      invoiceId: 9,
      gateway: 'card',
      transactionId: `T${index + 1}`,
      inHundredths: paid,
      outHundredths: 0n,
      refundOf: 0,
      isMoney: true,
      ...row,
    })),
  };
}

const found = (one: PaidInvoice, limits = LIMITS, currency = USD) =>
  doubtfulPayments(one, currency, RATES, limits).map(({ row, doubt, surplusHundredths }) => [
    row.id,
    doubt.kind,
    surplusHundredths,
  ]);

describe('a surplus that cannot be right', () => {
  test('the payment equals the invoice in another currency’s figure, within what gateways’ rates differ', () => {
    for (const paid of [35_492n, 35_500n, 36_000n]) {
      expect(found(invoice(1900n, [{ paid }]))).toEqual([[1, 'other-currency', paid - 1900n]]);
    }
    expect(found(invoice(1900n, [{ paid: 37_000n }]), { ...LIMITS, times: null })).toEqual([]);
  });

  test('a conversion the wrong way round is the same mistake, also by the client’s own currency', () => {
    // 355.00 MXN, converted by dividing twice: as if a peso were worth 18.68 dollars.
    expect(found(invoice(35_500n, [{ paid: 663_140n }]), LIMITS, 2)).toEqual([
      [1, 'other-currency', 627_640n],
    ]);
    expect(found(invoice(10_000n, [{ paid: 10_870n }]))).toEqual([[1, 'other-currency', 870n]]);
  });

  test('where two currencies are worth almost the same, an ordinary surplus is not taken for the other’s figure', () => {
    expect(found(invoice(10_000n, [{ paid: 10_100n }]))).toEqual([]);
    expect(found(invoice(10_000n, [{ paid: 11_000n }]))).toEqual([]);
  });

  test('what was due counts as well as the whole invoice, and credit on it is no payment', () => {
    // 8.x: 81.00 of 100.00 are credit, so the total is 19.00.
    expect(found(invoice(1900n, [{ paid: 35_500n }], 10_000n))).toEqual([
      [1, 'other-currency', 33_600n],
    ]);
    // 9.x: the same as a note.
    const note = { isMoney: false, inHundredths: 8100n };
    expect(found(invoice(10_000n, [note, { paid: 35_500n }]))).toEqual([
      [2, 'other-currency', 33_600n],
    ]);
  });

  test('many times the invoice, by the setting', () => {
    const ten = invoice(1900n, [{ paid: 19_000n }]);
    const off = { otherCurrencies: false };
    expect(found(ten, { ...off, times: 10 })).toEqual([[1, 'many-times', 17_100n]]);
    expect(found(ten, { ...off, times: 11 })).toEqual([]);
    expect(found(ten, { ...off, times: null })).toEqual([]);
  });

  test('paid in full twice, or a small rest paid by the whole, is an ordinary surplus', () => {
    expect(found(invoice(2500n, [{ paid: 2500n }, { paid: 2500n }]))).toEqual([]);
    expect(found(invoice(10_000n, [{ paid: 9900n }, { paid: 10_000n }]))).toEqual([]);
  });

  test('a refund of it lowers it, and ends it', () => {
    const refund = (outHundredths: bigint) => ({ outHundredths, refundOf: 1 });
    const paid = 35_500n;
    expect(found(invoice(1900n, [{ paid }, refund(3600n)]))).toEqual([
      [1, 'other-currency', 30_000n],
    ]);
    expect(found(invoice(1900n, [{ paid }, refund(35_500n)]))).toEqual([]);
  });
});

describe('a payment that is told several times', () => {
  const told = { transactionId: 'T', paid: 5000n };

  test('each repetition is in doubt with what the invoice did not need of it', () => {
    expect(found(invoice(5000n, [told, told, told]))).toEqual([
      [2, 'repeated', 5000n],
      [3, 'repeated', 5000n],
    ]);
    expect(found(invoice(8000n, [told, told]))).toEqual([[2, 'repeated', 2000n]]);
    expect(found(invoice(20_000n, [told, told]))).toEqual([[2, 'repeated', 0n]]);
  });

  test('the note of an overpayment on 9.x is no payment and changes nothing', () => {
    const note = { isMoney: false, outHundredths: 5000n };
    expect(found(invoice(5000n, [told, told, note, told, note]))).toEqual([
      [2, 'repeated', 5000n],
      [4, 'repeated', 5000n],
    ]);
  });

  test('the first of them may be a surplus that cannot be right, too', () => {
    const wrong = { transactionId: 'T', paid: 35_500n };
    expect(found(invoice(1900n, [wrong, wrong]))).toEqual([
      [1, 'other-currency', 33_600n],
      [2, 'repeated', 35_500n],
    ]);
  });
});
