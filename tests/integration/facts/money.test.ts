import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, lookAtNotes } from '../../../src/db/index.ts';
import { becomeNine } from '../../support/become-nine.ts';
import { factsIn, loadFactsOf } from '../../support/facts-of.ts';
import { beginLedger, mirrorLog } from '../../support/mirror-log.ts';
import { grantAgain } from '../../support/service-account.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { testDatabaseServer } from '../../support/test-database-server.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addNote,
  addOrder,
  addPayment,
} from '../../support/whmcs-rows.ts';

// The history of a client's money and orders, as rules see it. Today is 22 November 2026.

const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const db = connect(database.serviceUrl, 2);
const where = database.root;

beforeAll(async () => {
  await addCurrencies(where);
  await beginLedger(db);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const depositsOf = async (client: number) =>
  factsIn(await loadFactsOf(db, { clients: [client], needs: ['deposits'] }), client).deposits;
const revenueOf = async (client: number) =>
  factsIn(await loadFactsOf(db, { clients: [client], needs: ['revenue'] }), client).revenue;

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await becomeNine(database);
    await grantAgain(database);
    expect(await lookAtNotes(db)).toBe('readable');
  });

  test('deposits come with gateway, transaction, day and money, the first one marked; those paid by credit are none', async () => {
    const anna = await addClient(where);
    const ben = await addClient(where, { currency: 3 });
    const first = await addDeposit(where, { client: anna, total: '50.00', status: 'Paid' });
    const byCredit = await addDeposit(where, { client: anna, total: '20.00', status: 'Paid' });
    if (major === '9.x')
      await addNote(where, { client: anna, invoice: byCredit, amountIn: '20.00' });
    const second = await addDeposit(where, { client: anna, total: '30.00', status: 'Paid' });
    await addDeposit(where, { client: anna, total: '99.00' });
    const bens = await addDeposit(where, { client: ben, total: '5000.00', status: 'Paid' });
    await addPayment(where, {
      client: anna,
      invoice: first,
      amountIn: '50.00',
      transaction: 'T-1',
      gateway: 'paypal',
      on: '2026-10-01',
    });
    await addPayment(where, { client: ben, invoice: bens, amountIn: '5000.00' });
    const paid = await addPayment(where, {
      client: anna,
      invoice: second,
      amountIn: '30.00',
      transaction: 'T-2',
      on: '2026-11-20',
    });
    await addPayment(where, {
      client: anna,
      invoice: second,
      amountOut: '10.00',
      refunds: paid,
      on: '2026-11-21',
    });
    const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: ['deposits'] });
    expect(factsIn(loaded, anna).deposits).toEqual([
      {
        invoiceId: first,
        gateway: 'paypal',
        transactionId: 'T-1',
        paidOn: '2026-10-01',
        isFirst: true,
        receivedHundredths: 5000n,
        refundedHundredths: 0n,
        reversedHundredths: 0n,
        reversedOn: null,
      },
      {
        invoiceId: second,
        gateway: 'testgateway',
        transactionId: 'T-2',
        paidOn: '2026-11-20',
        isFirst: false,
        receivedHundredths: 3000n,
        refundedHundredths: 1000n,
        reversedHundredths: 0n,
        reversedOn: null,
      },
    ]);
    expect(factsIn(loaded, ben).deposits).toMatchObject([
      { invoiceId: bens, isFirst: true, receivedHundredths: 500_000n },
    ]);
  });

  test('a payment that was told twice counts once in deposits and revenue, also when one telling was refunded', async () => {
    const client = await addClient(where);
    const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
    const twice = { client, invoice: deposit, amountIn: '50.00', transaction: 'T-9' };
    await addPayment(where, twice);
    const again = await addPayment(where, twice);
    const whole = { receivedHundredths: 5000n, refundedHundredths: 0n };
    expect(await depositsOf(client)).toMatchObject([whole]);
    expect(await revenueOf(client)).toMatchObject({ allHundredths: 5000n });
    await addPayment(where, { client, invoice: deposit, amountOut: '50.00', refunds: again });
    expect(await depositsOf(client)).toMatchObject([whole]);
    expect(await revenueOf(client)).toMatchObject({ allHundredths: 5000n });
  });

  test('of a mass payment a deposit has its share, and of an invoice with other lines too', async () => {
    const client = await addClient(where);
    const deposit = await addDeposit(where, { client, total: '40.00', status: 'Paid' });
    const container = await addInvoice(where, {
      client,
      total: '100.00',
      status: 'Paid',
      lines: [
        { type: 'Invoice', relid: deposit, amount: '40.00' },
        { type: 'Invoice', relid: 1, amount: '60.00' },
      ],
    });
    await addPayment(where, { client, invoice: container, amountIn: '100.00', transaction: 'T-3' });
    const mixed = await addInvoice(where, {
      client,
      total: '30.00',
      status: 'Paid',
      lines: [
        { type: 'AddFunds', amount: '10.00' },
        { type: 'Hosting', amount: '20.00' },
      ],
    });
    await addPayment(where, { client, invoice: mixed, amountIn: '15.00' });
    expect(await depositsOf(client)).toMatchObject([
      { invoiceId: deposit, transactionId: 'T-3', receivedHundredths: 4000n },
      { invoiceId: mixed, receivedHundredths: 500n },
    ]);
  });

  test('revenue is money by the days on which it moved, less what went back; credit and notes are none', async () => {
    const anna = await addClient(where);
    const ben = await addClient(where);
    const invoice = await addInvoice(where, { client: anna, total: '20.00', status: 'Paid' });
    const pay = (amountIn: string, on: string) =>
      addPayment(where, { client: anna, invoice, amountIn, on });
    await pay('1.00', '2026-11-22');
    await pay('2.00', '2026-10-23');
    await pay('4.00', '2026-10-22');
    await pay('8.00', '2026-08-24');
    await pay('16.00', '2025-11-22');
    await pay('32.00', '2025-11-21');
    await pay('64.00', '0000-00-00');
    await addPayment(where, { client: anna, invoice, amountOut: '0.50', on: '2026-11-22' });
    if (major === '9.x') await addNote(where, { client: anna, invoice, amountIn: '5.00' });
    const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: ['revenue'] });
    expect(factsIn(loaded, anna).revenue).toEqual({
      last30DaysHundredths: 250n,
      last90DaysHundredths: 1450n,
      last365DaysHundredths: 3050n,
      allHundredths: 12_650n,
    });
    expect(factsIn(loaded, ben).revenue.allHundredths).toBe(0n);
  });
});

test('refunds of the event’s invoices come in their order, with the day it was paid; notes and zero days are none', async () => {
  const client = await addClient(where);
  const invoice = await addInvoice(where, { client, total: '30.00', status: 'Paid' });
  const other = await addInvoice(where, { client, total: '30.00', status: 'Paid' });
  await database.query("UPDATE tblinvoices SET datepaid = '2026-11-01 23:59:59' WHERE id = ?", [
    invoice,
  ]);
  const refund = (amountOut: string, on: string) =>
    addPayment(where, { client, invoice, amountOut, on });
  const payment = await addPayment(where, { client, invoice, amountIn: '30.00' });
  const [first, second] = [await refund('5.00', '2026-11-20'), await refund('1.50', '0000-00-00')];
  await addNote(where, { client, invoice, amountOut: '7.00' });
  const loaded = await loadFactsOf(db, {
    clients: [client],
    invoices: [invoice, other],
    needs: ['refunds'],
  });
  expect(payment).toBeLessThan(first);
  expect(factsIn(loaded, client, invoice).refunds).toEqual([
    { id: first, refundedOn: '2026-11-20', amountHundredths: 500n },
    { id: second, refundedOn: null, amountHundredths: 150n },
  ]);
  expect(factsIn(loaded, client, invoice).invoice?.paidOn).toBe('2026-11-01');
  expect(factsIn(loaded, client, other)).toMatchObject({ refunds: [], invoice: { paidOn: null } });
});

test('money that went back is a reversal when the ledger saw WHMCS take the credit, and a refund otherwise', async () => {
  const client = await addClient(where);
  const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
  const payment = await addPayment(where, { client, invoice: deposit, amountIn: '50.00' });
  await addPayment(where, { client, invoice: deposit, amountOut: '50.00', refunds: payment });
  expect(await depositsOf(client)).toMatchObject([
    {
      receivedHundredths: 5000n,
      refundedHundredths: 5000n,
      reversedHundredths: 0n,
      reversedOn: null,
    },
  ]);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', 'Reversal', -50)",
    [client],
  );
  await mirrorLog(db, () => ({
    kind: 'reversal',
    invoiceId: deposit,
    act: { do: 'reverse', grants: [] },
  }));
  expect(await depositsOf(client)).toMatchObject([
    {
      receivedHundredths: 5000n,
      refundedHundredths: 0n,
      reversedHundredths: 5000n,
      reversedOn: '2026-11-22',
    },
  ]);
});

test('orders come newest first, with their invoice, and a fraud is marked', async () => {
  const anna = await addClient(where);
  const ben = await addClient(where);
  const invoice = await addInvoice(where, { client: anna, total: '20.00' });
  const first = await addOrder(where, {
    client: anna,
    invoice,
    status: 'Active',
    on: '2026-01-31',
  });
  const fraud = await addOrder(where, { client: anna, status: 'Fraud' });
  const loaded = await loadFactsOf(db, { clients: [anna, ben], needs: ['orders'] });
  expect(factsIn(loaded, anna).orders).toEqual([
    { id: fraud, status: 'Fraud', isFraud: true, orderedOn: null, invoiceId: null },
    { id: first, status: 'Active', isFraud: false, orderedOn: '2026-01-31', invoiceId: invoice },
  ]);
  expect(factsIn(loaded, ben).orders).toEqual([]);
});
