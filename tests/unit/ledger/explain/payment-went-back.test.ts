import { describe, expect, test } from 'vitest';
import type { InvoiceProof, LogRow, RecordedProof } from '../../../../src/ledger/index.ts';
import { aDeposit, anInvoice, aRow, explainAll, inOne, inShort, wentBack } from './evidence.ts';

describe('credit whose payment went back', () => {
  const BACK = '2026-11-22';
  const deposit = (more: Partial<InvoiceProof> = {}) =>
    aDeposit({ status: 'Collections', paidHundredths: 0n, refunds: wentBack(5000n), ...more });
  /** The row that added the deposit's credit, recorded before. */
  const recorded: RecordedProof = {
    logId: 90,
    clientId: 5,
    kind: 'deposit',
    direction: 'in',
    amountHundredths: 5000n,
    invoiceId: 812,
    commandId: null,
    on: '2026-11-01',
  };
  const found = (more: Partial<InvoiceProof> = {}) => ({
    invoices: [deposit(more)],
    recorded: [recorded],
  });

  test.each([
    'Payment Reversal for Invoice #812',
    'Reversed Transaction REV7A',
    'Chargeback',
    'Zahlung zurückgebucht',
  ])(
    'is a reversal of that deposit, by invoice, amount and day, whatever it says: %s',
    (description) => {
      const [explained] = explainAll([aRow(-5000n, { description })], found());
      expect(explained).toMatchObject({
        kind: 'reversal',
        invoiceId: 812,
        evidence: 'payment',
        act: { do: 'reverse-rows', logIds: [90] },
      });
    },
  );

  test.each<[string, LogRow, Partial<InvoiceProof>, string]>([
    ['a part of it', aRow(-2000n), { refunds: wentBack(2000n) }, 'reversal payment reverse-rows'],
    [
      'the net of a taxed deposit',
      aRow(-5000n),
      { refunds: wentBack(6000n) },
      'reversal payment reverse-rows',
    ],
    [
      'what staff take by hand that day',
      aRow(-5000n, { adminId: 1 }),
      {},
      'reversal payment reverse-rows',
    ],
    ['the day after', aRow(-5000n, { on: '2026-11-23' }), {}, 'reversal payment reverse-rows'],
    [
      'not what WHMCS calls the payment of an invoice',
      aRow(-5000n, { description: 'Invoice Payment' }),
      {},
      'invoice text spend',
    ],
    ['not another amount', aRow(-4999n), {}, 'unknown none spend'],
    ['not days later', aRow(-5000n, { on: '2026-11-25' }), {}, 'unknown none spend'],
    ['not another client’s', aRow(-5000n), { clientId: 6 }, 'unknown none spend'],
    ['not where nothing went back', aRow(-5000n), { refunds: [] }, 'unknown none spend'],
  ])('is taken for %s', (_, row, more, expected) => {
    expect(inOne(row, found(more))).toBe(expected);
  });

  test('is reversed in two parts, each by money of its own', () => {
    const rows = [aRow(-2000n, { id: 100 }), aRow(-3000n, { id: 101 })];
    const explained = explainAll(rows, found({ refunds: wentBack(2000n, 3000n) }));
    expect(explained.map(inShort)).toEqual(Array(2).fill('reversal payment reverse-rows'));
  });

  test('is not reversed beyond what the payment gave: that stays unknown, and takes nothing else', () => {
    const rows = [aRow(-5000n, { id: 100 }), aRow(-5000n, { id: 101 })];
    const [first, second] = explainAll(rows, found({ refunds: wentBack(5000n, 5000n) }));
    expect([inShort(first), inShort(second)]).toEqual([
      'reversal payment reverse-rows',
      'unknown payment reverse',
    ]);
    expect(second?.reason).toContain('Check whether it was reversed twice');
  });

  test('is found although the deposit’s own row was not read before', () => {
    const rows = [aRow(5000n, { id: 99 }), aRow(-5000n, { id: 100 })];
    const explained = explainAll(rows, {
      invoices: [deposit({ receivedHundredths: 0n, everReceivedHundredths: 5000n })],
    });
    expect(explained.map(inShort)).toEqual([
      'deposit payment grant:paid',
      'reversal payment reverse-rows',
    ]);
    expect(explained[1]?.act).toMatchObject({ logIds: [99] });
  });

  test('of a mass payment that held a deposit: the deposit’s share', () => {
    const container = anInvoice({ id: 900, status: 'Collections', refunds: wentBack(6500n) });
    const invoices = [deposit({ refunds: [], containers: [900] }), container];
    expect(inOne(aRow(-5000n), { invoices, recorded: [recorded] })).toBe(
      'reversal payment reverse-rows',
    );
  });

  test('of a surplus beside a paid late fee: the whole surplus', () => {
    // Total 10.00, a fee of 5.00, paid 25.00: 10.00 became credit, and the fee did not.
    const overpaid = anInvoice({
      status: 'Paid',
      paidOn: '2026-11-22',
      paidHundredths: 2500n,
      debitNotes: [500n, 1000n],
      charges: [500n],
    });
    const without = (amount: bigint, invoice: InvoiceProof) =>
      inOne(aRow(amount, { description: 'Overpayment' }), {
        invoices: [invoice],
        figuresMove: false,
      });
    expect(without(1000n, overpaid)).toBe('overpayment payment grant:paid:refundable');
    const alone = { ...overpaid, paidHundredths: 1500n, debitNotes: [500n] };
    expect(without(500n, alone)).not.toContain('overpayment payment');
  });

  test('of a surplus, and of a payment that became credit', () => {
    const overpaid = anInvoice({ status: 'Paid', paidHundredths: 1000n, refunds: wentBack(2500n) });
    const surplus = { ...recorded, kind: 'overpayment', amountHundredths: 2500n } as const;
    expect(inOne(aRow(-2500n), { invoices: [overpaid], recorded: [surplus] })).toBe(
      'reversal payment reverse-rows',
    );
    const booked = { ...recorded, kind: 'payment-to-credit', invoiceId: null } as const;
    const paidBack = [{ id: 1, clientId: 5, on: BACK, amountHundredths: 5000n }];
    expect(inOne(aRow(-5000n), { recorded: [booked], paidBack })).toBe(
      'reversal payment reverse-rows',
    );
    expect(inOne(aRow(-5000n), { recorded: [], paidBack })).toBe('unknown none spend');
  });

  test('is no money that came back to the client as credit', () => {
    const refund = { ...recorded, kind: 'refund', amountHundredths: 5000n, logId: 95 } as const;
    expect(inOne(aRow(-5000n), { invoices: [deposit()], recorded: [recorded, refund] })).toBe(
      'unknown none spend',
    );
  });
});
