import { describe, expect, test } from 'vitest';
import type { LogRow } from '../../../../src/ledger/index.ts';
import {
  aDeposit,
  anInvoice,
  aRow,
  type Found,
  inOne,
  NAMES_812,
  spent,
  wentBack,
} from './evidence.ts';

describe('credit that came, by evidence alone', () => {
  const paid = { status: 'Paid', paidOn: '2026-11-22' };
  test.each<[string, LogRow, Found, string]>([
    [
      'from a deposit that money paid',
      aRow(5000n, NAMES_812),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'from a deposit that nothing names, paid on that day',
      aRow(5000n),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'named by relid alone',
      aRow(5000n, { relid: 812 }),
      { invoices: [aDeposit()] },
      'deposit payment grant:paid:refundable',
    ],
    [
      'not from a deposit of another amount',
      aRow(4999n, NAMES_812),
      { invoices: [aDeposit({ totalHundredths: 5000n })] },
      'unknown none grant:unexplained',
    ],
    [
      "not from another client's deposit",
      aRow(5000n, NAMES_812),
      { invoices: [aDeposit({ clientId: 6 })] },
      'unknown none grant:unexplained',
    ],
    [
      'not from a deposit that is not paid',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            status: 'Unpaid',
            paidHundredths: 0n,
            receivedHundredths: 0n,
            everReceivedHundredths: 0n,
          }),
        ],
      },
      'unknown none grant:unexplained',
    ],
    [
      'from a deposit that credit paid: that credit comes back',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            totalHundredths: 0n,
            creditHundredths: 5000n,
            paidHundredths: 0n,
            receivedHundredths: 0n,
            everReceivedHundredths: 0n,
          }),
        ],
      },
      'transit invoice return',
    ],
    [
      'from a deposit that credit paid by a cent: not paid beyond the money',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({
            totalHundredths: 4999n,
            creditHundredths: 1n,
            paidHundredths: 4999n,
            receivedHundredths: 4999n,
            everReceivedHundredths: 4999n,
          }),
        ],
      },
      'transit invoice return',
    ],
    [
      'from a deposit whose money was refunded before its row was read: no credit paid it',
      aRow(5000n, NAMES_812),
      {
        invoices: [
          aDeposit({ status: 'Refunded', paidHundredths: 0n, receivedHundredths: 0n, refunds: [] }),
        ],
      },
      'deposit payment grant:paid',
    ],
    [
      'from a refunded payment',
      aRow(400n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 600n, refunds: wentBack(400n) })] },
      'refund payment grant:refund:refundable',
    ],
    [
      'not from a refund of another amount',
      aRow(401n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 600n, refunds: wentBack(400n) })] },
      'unknown none grant:unexplained',
    ],
    [
      'from more than was due',
      aRow(500n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 1500n })] },
      'overpayment payment grant:paid:refundable',
    ],
    [
      'not from a cent more than was paid beyond what was due',
      aRow(501n, NAMES_812),
      { invoices: [anInvoice({ ...paid, paidHundredths: 1500n })] },
      'unknown none grant:unexplained',
    ],
    [
      'from money booked to credit, some days before',
      aRow(700n),
      { payments: [{ id: 1, clientId: 5, on: '2026-11-19', amountHundredths: 700n }] },
      'payment-to-credit payment grant:paid:refundable',
    ],
    [
      'not from money of two months ago',
      aRow(700n),
      { payments: [{ id: 1, clientId: 5, on: '2026-09-19', amountHundredths: 700n }] },
      'unknown none grant:unexplained',
    ],
    [
      'from a service changed to less',
      aRow(300n),
      { upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: null, credits: [300n, 900n] }] },
      'downgrade upgrade grant:refund',
    ],
    [
      'from a service changed to less, in proportion from the credit that had paid for it',
      aRow(300n),
      {
        upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: 812, credits: [300n] }],
        invoices: [anInvoice({ status: 'Paid', creditHundredths: 400n, totalHundredths: 600n })],
        recorded: [spent(812, 400n)],
      },
      'downgrade upgrade return',
    ],
    [
      'from a service changed to less that no credit had paid for',
      aRow(300n),
      {
        upgrades: [{ id: 1, clientId: 5, serviceId: 2, paidBy: 812, credits: [300n] }],
        invoices: [anInvoice({ status: 'Paid' })],
      },
      'downgrade upgrade grant:refund',
    ],
    [
      'is a commission paid out to this client on that day',
      aRow(3000n, { adminId: 1 }),
      { withdrawals: [{ id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 3000n }] },
      'affiliate affiliate grant:affiliate',
    ],
    [
      'is no commission of another amount, client or day',
      aRow(3000n),
      {
        withdrawals: [
          { id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 3001n },
          { id: 2, clientId: 6, on: '2026-11-22', amountHundredths: 3000n },
          { id: 3, clientId: 5, on: '2026-11-19', amountHundredths: 3000n },
        ],
      },
      'unknown none grant:unexplained',
    ],
    [
      'is a commission when only its text says so',
      aRow(3000n, { description: 'Affiliate Commissions Withdrawal' }),
      {},
      'affiliate text grant:affiliate',
    ],
    [
      "not from another client's service",
      aRow(300n),
      { upgrades: [{ id: 1, clientId: 6, serviceId: 2, paidBy: null, credits: [300n] }] },
      'unknown none grant:unexplained',
    ],
    [
      'from a merged client',
      aRow(300n),
      { merges: [{ clientId: 5, on: '2026-11-21' }] },
      'merge delivery grant:adjustment',
    ],
    [
      'not from a merge two days before',
      aRow(300n),
      { merges: [{ clientId: 5, on: '2026-11-20' }] },
      'unknown none grant:unexplained',
    ],
    [
      'by an admin',
      aRow(300n, { adminId: 3, description: 'Goodwill' }),
      {},
      'manual admin grant:adjustment',
    ],
    [
      'by an admin, about an invoice that still carries its credit',
      aRow(300n, { adminId: 3, description: 'Goodwill for 812' }),
      {
        invoices: [anInvoice({ creditHundredths: 500n })],
        recorded: [spent(812, 500n)],
      },
      'manual admin grant:adjustment',
    ],
    [
      'back from an invoice that carries less than was put on it',
      aRow(300n, { ...NAMES_812, adminId: 3 }),
      {
        invoices: [anInvoice({ creditHundredths: 200n })],
        recorded: [spent(812, 500n)],
      },
      'return invoice return',
    ],
    [
      'not back beyond what it carries less',
      aRow(301n, NAMES_812),
      {
        invoices: [anInvoice({ creditHundredths: 200n })],
        recorded: [spent(812, 500n)],
      },
      'unknown none grant:unexplained',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });
});
