import { describe, expect, it } from 'vitest';
import {
  type CommandAction,
  commandExpects,
  commandParameters,
  commandStates,
  fact,
  holdingStates,
  isCommandAction,
  liveStates,
  settledStates,
} from '../../bridge/index.ts';

const ADD = { clientid: 5, description: 'Bonus of 5 %', amount: '5.00', type: 'add' };
const APPLY = { invoiceid: 9, amount: '5.00', noemail: false };
const LINE = { description: 'Add funds', amount: '20.00', taxed: false };
const INVOICE = { userid: 5, lines: [LINE], addfunds: true, sendinvoice: false };

describe('the parameters of a command', () => {
  const good: [CommandAction, object][] = [
    ['AddCredit', ADD],
    ['AddCredit', { ...ADD, type: 'remove' }],
    ['ApplyCredit', APPLY],
    ['UnapplyCredit', { invoiceid: 9, amount: '5.00' }],
    ['UpdateInvoice', { invoiceid: 9, status: 'Cancelled' }],
    ['CreateInvoice', INVOICE],
    ['CreateInvoice', { ...INVOICE, duedate: '2026-12-01', paymentmethod: 'banktransfer' }],
    ['CapturePayment', { invoiceid: 9 }],
    ['LogActivity', { description: 'Credit was applied.', clientid: 5 }],
    ['LogActivity', { description: 'The run is over.' }],
    ['SetConfigurationValue', { setting: 'AddFundsEnabled', value: 'on' }],
    ['SetConfigurationValue', { setting: 'NoAutoApplyCredit', value: '' }],
    ['SetConfigurationValue', { setting: 'AddFundsMinimum', value: '0.00' }],
  ];
  it.each(good)('of %s may be %j', (action, parameters) => {
    expect(commandParameters[action].parse(parameters)).toEqual(parameters);
  });

  const bad: [CommandAction, object][] = [
    ['AddCredit', { ...ADD, amount: '0.00' }],
    ['AddCredit', { ...ADD, amount: '-5.00' }],
    ['AddCredit', { ...ADD, amount: 5 }],
    ['AddCredit', { ...ADD, amount: '5.001' }],
    ['AddCredit', { ...ADD, clientid: 0 }],
    ['AddCredit', { ...ADD, type: 'set' }],
    ['AddCredit', { ...ADD, description: '' }],
    ['AddCredit', { ...ADD, description: 'Bonus 🎁' }],
    ['AddCredit', { ...ADD, description: 'x'.repeat(501) }],
    ['AddCredit', { ...ADD, adminid: 1 }],
    ['ApplyCredit', { ...APPLY, amount: '-5.00' }],
    ['ApplyCredit', { ...APPLY, noemail: 'yes' }],
    ['UnapplyCredit', { invoiceid: 9, amount: '-5.00' }],
    ['UnapplyCredit', { invoiceid: 9 }],
    ['UpdateInvoice', { invoiceid: 9, status: 'Paid' }],
    ['UpdateInvoice', { invoiceid: 9, status: 'Cancelled', credit: '5.00' }],
    ['CreateInvoice', { ...INVOICE, userid: 0 }],
    ['CreateInvoice', { ...INVOICE, lines: [{ ...LINE, description: 'Funds 🎁' }] }],
    ['CreateInvoice', { ...INVOICE, lines: [{ ...LINE, taxed: true }], addfunds: true }],
    ['CreateInvoice', { ...INVOICE, lines: Array.from({ length: 11 }, () => LINE) }],
    ['CapturePayment', { invoiceid: 9, cvv: '123' }],
    ['LogActivity', { clientid: 5 }],
    ['SetConfigurationValue', { setting: 'AddFundsEnabled', value: '1' }],
    ['SetConfigurationValue', { setting: 'AddFundsMinimum', value: 'on' }],
    ['SetConfigurationValue', { setting: 'AddFundsMinimum', value: '-1.00' }],
    ['SetConfigurationValue', { setting: 'APIAllowedIPs', value: '' }],
    ['SetConfigurationValue', { setting: 'EnableMassPay', value: 'on' }],
  ];
  it.each(bad)('of %s may not be %j', (action, parameters) => {
    expect(commandParameters[action].safeParse(parameters).success).toBe(false);
  });
});

describe('what a command expects', () => {
  it('is read with any of its members', () => {
    const full = {
      invoiceStatus: 'Unpaid',
      invoiceBalanceAtLeast: '5.00',
      invoiceBalanceAtMost: '5.00',
      balanceAtLeast: '5.00',
      balanceExactly: '-7.00',
      currency: 1,
      noPayments: true,
      noCreditLogSince: 4711,
      trial: 'takes-off',
    };
    expect(commandExpects.parse(full)).toEqual(full);
    expect(commandExpects.parse({})).toEqual({});
  });

  it('is refused where the shim would not understand it', () => {
    for (const value of [
      { invoiceStatus: 'Overdue' },
      { balanceAtLeast: 5 },
      { balance: '5.00' },
      { noCreditLogSince: '4711' },
      { noCreditLogSince: -1 },
    ]) {
      expect(commandExpects.safeParse(value).success).toBe(false);
    }
  });
});

describe('a fact', () => {
  it.each([
    'deposit-bonus:invoice:812',
    'auto-apply:invoice:9:due:2026-11-22',
    `a:${'x'.repeat(188)}`,
  ])('may be %s', (text) => {
    expect(fact.parse(text)).toBe(text);
  });

  it.each(['', 'deposit-bonus', 'deposit-bonus:', 'a b:c', 'bönus:1', `a:${'x'.repeat(189)}`])(
    'may not be "%s"',
    (text) => {
      expect(fact.safeParse(text).success).toBe(false);
    },
  );
});

describe('the states of a command', () => {
  it('are settled, or hold money', () => {
    expect(new Set<string>([...settledStates, ...holdingStates])).toEqual(new Set(commandStates));
  });

  it('give the fact back only when nothing was done', () => {
    expect(commandStates.filter((state) => !new Set<string>(liveStates).has(state))).toEqual([
      'refused',
      'stale',
    ]);
  });
});

describe('the name of an action', () => {
  it('is one that the shim may run', () => {
    expect(isCommandAction('AddCredit')).toBe(true);
    for (const text of ['addcredit', 'DecryptPassword', 'toString', '']) {
      expect(isCommandAction(text)).toBe(false);
    }
  });
});
