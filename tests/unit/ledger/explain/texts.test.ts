import { describe, expect, test } from 'vitest';
import { createTextPatterns, type LogRow } from '../../../../src/ledger/index.ts';
import { aDeposit, anInvoice, aRow, type Found, inOne, spent } from './evidence.ts';

describe('texts', () => {
  test.each<[string, LogRow, Found, string]>([
    [
      'choose among what the evidence bears',
      aRow(5000n, { description: 'Invoice #812 Overpayment' }),
      {
        invoices: [
          aDeposit({
            paidHundredths: 10_000n,
            receivedHundredths: 10_000n,
            everReceivedHundredths: 10_000n,
          }),
        ],
      },
      'overpayment payment grant:paid:refundable',
    ],
    [
      'are believed of a refund without a row of money, but pay nothing out',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812', adminId: 3 }),
      { invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })] },
      'refund text grant:refund',
    ],
    [
      'in German too, in any case and spacing',
      aRow(400n, { description: 'GUTSCHRIFT aus  Erstattung der Rechnung 812' }),
      { invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })] },
      'refund text grant:refund',
    ],
    [
      'are not believed of a deposit that has no such line',
      aRow(5000n, { description: 'Add Funds Invoice #812' }),
      { invoices: [anInvoice({ status: 'Paid' })] },
      'unknown none grant:unexplained',
    ],
    [
      "are not believed of another client's invoice",
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      { invoices: [anInvoice({ clientId: 6 })] },
      'unknown none grant:unexplained',
    ],
    [
      'of an invoice that is gone say the kind, and open nothing refundable',
      aRow(5000n, { description: 'Add Funds Invoice #812' }),
      {},
      'deposit text grant:unexplained',
    ],
    [
      'of an invoice that is gone are not about another one of that day',
      aRow(5000n, { description: 'Add Funds Invoice #811' }),
      { invoices: [aDeposit()] },
      'deposit text grant:unexplained',
    ],
    [
      'of an invoice that is gone count less than an admin',
      aRow(5000n, { description: 'Add Funds Invoice #812', adminId: 3 }),
      {},
      'manual admin grant:adjustment',
    ],
    [
      'with the wrong sign say nothing',
      aRow(500n, { description: 'Credit Applied to Invoice #812' }),
      { invoices: [anInvoice()] },
      'unknown none grant:unexplained',
    ],
    [
      'are not believed of a return when nothing was put on the invoice',
      aRow(500n, { description: 'Credit Removed from Invoice #812' }),
      { invoices: [anInvoice()], figuresMove: false },
      'unknown none grant:unexplained',
    ],
    [
      'are believed of a return on 9.x when something was',
      aRow(500n, { description: 'Credit Removed from Invoice #812' }),
      { invoices: [anInvoice()], figuresMove: false, recorded: [spent(812, 500n)] },
      'return text return',
    ],
    [
      'of a cancelled order that gives back money beside credit are believed',
      aRow(900n, { description: 'Reason: Order status changed to Cancelled #812' }),
      { invoices: [anInvoice({ status: 'Cancelled' })], recorded: [spent(812, 500n)] },
      'return text return',
    ],
    [
      'are not needed where a cancelled invoice gives back all its credit',
      aRow(500n, { description: 'Anulado 812' }),
      {
        invoices: [anInvoice({ status: 'Cancelled' })],
        recorded: [spent(812, 500n)],
        figuresMove: false,
      },
      'return invoice return',
    ],
    [
      'of a refund beyond the money that was paid give back credit, too',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      {
        invoices: [
          anInvoice({
            status: 'Paid',
            totalHundredths: 200n,
            creditHundredths: 800n,
            grossHundredths: 1000n,
            paidHundredths: 200n,
          }),
        ],
        recorded: [spent(812, 800n)],
      },
      'refund text return',
    ],
    [
      'are not needed for a return on 9.x where a debit note has its amount',
      aRow(500n, { description: 'Kredit fjernet (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ notedHundredths: 800n, debitNotes: [200n, 500n] })],
        figuresMove: false,
        recorded: [spent(812, 800n)],
      },
      'return invoice return',
    ],
    [
      'are not needed for a use on 9.x where a credit note has its amount',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ creditNotes: [200n, 500n] })],
        figuresMove: false,
      },
      'invoice invoice spend',
    ],
    [
      'are needed on 9.x where the credit note of its amount is another use’s',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ creditNotes: [200n, 500n] })],
        figuresMove: false,
        recorded: [spent(812, 500n)],
      },
      'manual admin spend',
    ],
    [
      'are needed on 9.x where the credit note of its amount is a refund’s',
      aRow(-500n, { description: 'Kredit anvendt (812)', adminId: 3 }),
      {
        invoices: [
          anInvoice({
            creditNotes: [500n],
            refunds: [{ on: '2026-11-22', amountHundredths: 500n }],
          }),
        ],
        figuresMove: false,
      },
      'manual admin spend',
    ],
    [
      'are needed on 9.x where no debit note has its amount',
      aRow(500n, { description: 'Kredit fjernet (812)', adminId: 3 }),
      {
        invoices: [anInvoice({ notedHundredths: 800n, debitNotes: [200n] })],
        figuresMove: false,
        recorded: [spent(812, 800n)],
      },
      'manual admin grant:adjustment',
    ],
    [
      'about an invoice that is there count more than money without an invoice',
      aRow(400n, { description: 'Credit from Refund of Invoice ID 812' }),
      {
        invoices: [anInvoice({ status: 'Paid', paidHundredths: 1000n })],
        payments: [{ id: 1, clientId: 5, on: '2026-11-22', amountHundredths: 400n }],
      },
      'refund text grant:refund',
    ],
    [
      'must fit as a whole',
      aRow(400n, { description: 'Re: Credit from Refund of Invoice ID 812' }),
      { invoices: [anInvoice()] },
      'unknown none grant:unexplained',
    ],
  ])('%s', (_, row, found, expected) => {
    expect(inOne(row, found)).toBe(expected);
  });
});

test('a provider adds texts of its own', () => {
  const patterns = createTextPatterns([
    { kind: 'refund', text: 'Remboursement de la facture n°{invoice} {text}' },
  ]);
  const said = (description: string) =>
    patterns.read({ description, amountHundredths: 400n }).map(({ kind, invoiceId }) => ({
      kind,
      invoiceId,
    }));
  expect(said('REMBOURSEMENT de la facture n°812 (virement)')).toEqual([
    { kind: 'refund', invoiceId: 812 },
  ]);
  expect(said('Remboursement de la facture n°812')).toEqual([]);
  expect(said('Invoice #812 Overpayment')).toEqual([{ kind: 'overpayment', invoiceId: 812 }]);
});

test('a number that no id of an invoice reaches is a provider’s own, and names none', () => {
  const said = (description: string) =>
    createTextPatterns().read({ description, amountHundredths: 400n })[0];
  expect(said('Overpayment #4294967295')).toEqual({ kind: 'overpayment', invoiceId: 4294967295 });
  expect(said('Overpayment #4294967296')).toEqual({ kind: 'overpayment', invoiceId: null });
  expect(said('Invoice #9999999999 Overpayment')).toEqual({ kind: 'overpayment', invoiceId: null });
});
