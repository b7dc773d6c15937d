import { describe, expect, test } from 'vitest';
import {
  isVisible,
  type Located,
  type LocatedInvoice,
  occurrencesOf,
  subjectOf,
} from '../../../src/events/index.ts';

function invoice(id: number, members: Partial<LocatedInvoice> = {}): LocatedInvoice {
  return {
    id,
    clientId: 5,
    status: 'Unpaid',
    isDeposit: false,
    pays: [],
    ...members,
  };
}

function located(invoices: readonly LocatedInvoice[], members: Partial<Located> = {}): Located {
  return {
    clients: new Set([5]),
    invoices: new Map(invoices.map((one) => [one.id, one])),
    orders: new Map(),
    transactions: new Map(),
    ...members,
  };
}

function happen(hook: string, data: Record<string, unknown>, where: Located) {
  const fired = { deliveryId: 'd', hook, data, subject: subjectOf(hook, data) };
  return occurrencesOf(fired, where).map(({ name, target, clientId }) => [name, target, clientId]);
}

describe('what follows from a hook', () => {
  test('a paid deposit is also AddFunds', () => {
    const deposit = invoice(9, { isDeposit: true, status: 'Paid' });
    expect(happen('InvoicePaid', { invoiceid: 9 }, located([deposit]))).toEqual([
      ['InvoicePaid', 'invoice:9', 5],
      ['AddFunds', 'invoice:9', 5],
    ]);
  });

  test('a paid mass payment is AddFunds for each deposit it pays', () => {
    const pays = [
      { invoiceId: 7, isDeposit: true },
      { invoiceId: 8, isDeposit: false },
    ];
    const container = invoice(9, { pays, status: 'Paid' });
    expect(happen('InvoicePaid', { invoiceid: 9 }, located([container]))).toEqual([
      ['InvoicePaid', 'invoice:9', 5],
      ['AddFunds', 'invoice:7', 5],
    ]);
  });

  test('a paid ordinary invoice is itself alone', () => {
    expect(happen('InvoicePaid', { invoiceid: 9 }, located([invoice(9)]))).toEqual([
      ['InvoicePaid', 'invoice:9', 5],
    ]);
  });

  test('a false InvoicePaid makes no AddFunds of a deposit that WHMCS shows unpaid', () => {
    for (const status of ['Unpaid', 'Payment Pending']) {
      const deposit = invoice(9, { isDeposit: true, status });
      expect(happen('InvoicePaid', { invoiceid: 9 }, located([deposit]))).toEqual([
        ['InvoicePaid', 'invoice:9', 5],
      ]);
    }
  });

  test('a created deposit is also DepositCreated, and no AddFunds while it is not paid', () => {
    const where = located([invoice(9, { isDeposit: true })]);
    expect(happen('InvoiceCreated', { invoiceid: 9 }, where)).toEqual([
      ['InvoiceCreated', 'invoice:9', 5],
      ['DepositCreated', 'invoice:9', 5],
    ]);
  });

  test('neither an ordinary invoice nor a draft is DepositCreated', () => {
    const draft = invoice(8, { isDeposit: true, status: 'Draft' });
    const where = located([invoice(9), draft]);
    for (const invoiceid of [8, 9]) {
      expect(happen('InvoiceCreated', { invoiceid }, where)).toHaveLength(1);
    }
  });

  test('a checkout is filed under its delivery, a page under its client', () => {
    expect(happen('ShoppingCartValidateCheckout', { clientId: 5 }, located([]))).toEqual([
      ['ShoppingCartValidateCheckout', 'checkout:d', 5],
    ]);
    expect(happen('ClientAreaPageAddFunds', { userid: 5 }, located([]))).toEqual([
      ['ClientAreaPageAddFunds', 'client:5', 5],
    ]);
  });

  test('a hook about nobody we know gives nothing', () => {
    expect(happen('ClientEdit', { userid: 6 }, located([]))).toEqual([]);
    expect(happen('AfterCronJob', {}, located([]))).toEqual([]);
  });

  test('a hook that names an order only is about its client and invoice', () => {
    const where = located([invoice(9)], {
      orders: new Map([[3, { clientId: 5, invoiceId: 9 }]]),
    });
    expect(happen('AcceptOrder', { orderid: 3 }, where)).toEqual([['AcceptOrder', 'invoice:9', 5]]);
  });
});

describe('whether a hook shows yet', () => {
  test.each([
    ['InvoiceCreated', 'Unpaid', true],
    ['InvoiceCreated', 'Draft', false],
    ['InvoiceCreationPreEmail', 'Draft', true],
    ['InvoicePaid', 'Paid', true],
    ['InvoicePaid', 'Unpaid', false],
    ['InvoiceUnpaid', 'Paid', false],
    ['InvoiceCancelled', 'Cancelled', true],
    ['InvoiceCancelled', 'Unpaid', false],
    ['InvoiceRefunded', 'Collections', true],
    ['InvoiceRefunded', 'Paid', false],
  ])('%s of an invoice that is %s: %s', (hook, status, visible) => {
    const data = { invoiceid: 9 };
    expect(isVisible(hook, subjectOf(hook, data), located([invoice(9, { status })]))).toBe(visible);
    expect(isVisible(hook, subjectOf(hook, data), located([]))).toBe(false);
  });

  test('a merge shows when the one client is gone and the other is there', () => {
    const merge = subjectOf('AfterClientMerge', { fromUserID: 4, toUserID: 5 });
    const sees = (...clients: number[]) =>
      isVisible('AfterClientMerge', merge, located([], { clients: new Set(clients) }));
    expect(sees(5)).toBe(true);
    expect(sees(4, 5)).toBe(false);
    expect(sees()).toBe(false);
  });

  test('money and clients show when their rows do', () => {
    const money = subjectOf('AddTransaction', { id: 4, userid: 5 });
    expect(isVisible('AddTransaction', money, located([]))).toBe(false);
    expect(isVisible('ClientAdd', subjectOf('ClientAdd', { userid: 6 }), located([]))).toBe(false);
    expect(isVisible('ClientAdd', subjectOf('ClientAdd', { userid: 5 }), located([]))).toBe(true);
    // A client may be gone when the hook is about his end.
    expect(
      isVisible('PreDeleteClient', subjectOf('PreDeleteClient', { userid: 6 }), located([])),
    ).toBe(true);
  });
});
