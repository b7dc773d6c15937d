import { describe, expect, test } from 'vitest';
import {
  aDeposit,
  anInvoice,
  aRow,
  explainAll,
  inOne,
  inShort,
  NAMES_812,
  spent,
  wentBack,
} from './evidence.ts';

describe('a mass payment', () => {
  const container = anInvoice({
    id: 900,
    status: 'Paid',
    totalHundredths: 3500n,
    paidHundredths: 3500n,
    pays: [
      { invoiceId: 812, amountHundredths: 1000n },
      { invoiceId: 813, amountHundredths: 2500n },
    ],
  });
  const targets = [812, 813].map((id) => anInvoice({ id, status: 'Paid', containers: [900] }));
  const rows = [
    aRow(1000n, { id: 100, description: 'For 812' }),
    aRow(-1000n, { id: 101, description: 'Onto 812' }),
    aRow(2500n, { id: 102, description: 'For 813' }),
    aRow(-2500n, { id: 103, description: 'Onto 813' }),
  ];

  test('by money: each pair opens a grant and uses that very grant', () => {
    expect(explainAll(rows, { invoices: [container, ...targets] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:102',
    ]);
  });

  test('with the halves of a pair on two pages', () => {
    const recorded = [
      { ...spent(812, 1000n), logId: 100, kind: 'transit' as const, direction: 'in' as const },
    ];
    const found = { invoices: [container, ...targets], recorded };
    expect(explainAll(rows.slice(1), found).map(inShort)[0]).toBe(
      'transit invoice spend-partner:100',
    );
  });

  test('by one row for all that it pays', () => {
    const all = [
      aRow(3500n, { id: 100, description: 'Payment 900' }),
      aRow(-1000n, { id: 101, description: 'Onto 812' }),
      aRow(-2500n, { id: 102, description: 'Onto 813' }),
    ];
    expect(explainAll(all, { invoices: [container, ...targets] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'transit invoice spend-partner:100',
    ]);
  });

  test('paid with credit: that credit comes back as what it was, before it goes on', () => {
    const byCredit = { ...container, totalHundredths: 0n, creditHundredths: 3500n };
    const found = { invoices: [{ ...byCredit, paidHundredths: 0n }, ...targets] };
    const put = aRow(-3500n, { id: 99, description: 'Onto 900' });
    const explained = explainAll([put, ...rows], found);
    expect(explained.map(inShort)).toEqual([
      'transit invoice spend',
      'transit invoice return',
      'transit invoice spend-partner:100',
      'transit invoice return',
      'transit invoice spend-partner:102',
    ]);
    expect(explained.map(({ invoiceId }) => invoiceId)).toEqual([900, 900, 812, 900, 813]);
  });

  test('that is not paid passes nothing on', () => {
    const unpaid = anInvoice({ ...container, status: 'Unpaid', paidHundredths: 0n });
    expect(inOne(aRow(1000n, NAMES_812), { invoices: [unpaid, ...targets] })).toBe(
      'unknown none grant:unexplained',
    );
  });

  test('of a deposit: the pair first, then the deposit that money paid', () => {
    const deposit = aDeposit({ id: 812, paidHundredths: 0n, containers: [900] });
    const pays = [{ invoiceId: 812, amountHundredths: 5000n }];
    const holder = { ...container, pays, totalHundredths: 5000n, paidHundredths: 5000n };
    const three = [5000n, -5000n, 5000n].map((amount, index) =>
      aRow(amount, { ...NAMES_812, id: 100 + index }),
    );
    expect(explainAll(three, { invoices: [holder, deposit] }).map(inShort)).toEqual([
      'transit invoice grant:paid:refundable',
      'transit invoice spend-partner:100',
      'deposit payment grant:paid:refundable',
    ]);
  });
});

describe('equal amounts on one invoice', () => {
  const twice = [100, 101, 102].map((id) => aRow(400n, { ...NAMES_812, id }));

  test('share its proofs in the order of id, and the one too many has none', () => {
    const refunded = anInvoice({
      status: 'Paid',
      paidHundredths: 200n,
      refunds: wentBack(400n, 400n),
    });
    const refund = 'refund payment grant:refund:refundable';
    expect(explainAll(twice, { invoices: [refunded] }).map(inShort)).toEqual([
      refund,
      refund,
      'unknown none grant:unexplained',
    ]);
  });

  test('do not use again what an entry used before', () => {
    const refunded = anInvoice({
      status: 'Paid',
      paidHundredths: 200n,
      refunds: wentBack(400n, 400n),
    });
    const recorded = [{ ...spent(812, 400n), kind: 'refund' as const, direction: 'in' as const }];
    expect(explainAll(twice, { invoices: [refunded], recorded }).map(inShort)).toEqual([
      'refund payment grant:refund:refundable',
      'unknown none grant:unexplained',
      'unknown none grant:unexplained',
    ]);
  });

  test('of credit that went count up to what the invoice carries', () => {
    const went = [100, 101, 102].map((id) => aRow(-400n, { ...NAMES_812, id }));
    const found = { invoices: [anInvoice({ creditHundredths: 800n })] };
    expect(explainAll(went, found).map(({ kind }) => kind)).toEqual([
      'invoice',
      'invoice',
      'unknown',
    ]);
  });
});

describe('rows seen together', () => {
  const pair = (first: bigint, second: bigint) => [
    aRow(first, { ...NAMES_812, id: 100 }),
    aRow(second, { ...NAMES_812, id: 101 }),
  ];

  test('credit put on and taken off again: the figure between them is what counts', () => {
    const found = { invoices: [anInvoice({ creditHundredths: 1500n })] };
    expect(explainAll(pair(-2000n, 500n), found).map(inShort)).toEqual([
      'invoice invoice spend',
      'return invoice return',
    ]);
  });

  test('an overpayment, and a refund to credit after it', () => {
    const invoice = anInvoice({ status: 'Paid', paidHundredths: 1100n, refunds: wentBack(400n) });
    expect(explainAll(pair(500n, 400n), { invoices: [invoice] }).map(inShort)).toEqual([
      'overpayment payment grant:paid:refundable',
      'refund payment grant:refund:refundable',
    ]);
    // A refund that went elsewhere makes no overpayment of credit given for another reason.
    expect(inOne(aRow(500n, NAMES_812), { invoices: [invoice] })).toBe(
      'unknown none grant:unexplained',
    );
  });
});
