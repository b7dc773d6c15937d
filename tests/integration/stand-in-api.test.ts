import { afterEach, describe, expect, test } from 'vitest';
import { walkStandIn } from '../support/walk-stand-in.ts';

// The stand-in's API against what whmcs.md §3.2 documents: shapes of answers and errors, word by word.

const { database, whmcs } = await walkStandIn();

afterEach(async () => {
  expect(await database.query('SELECT severity, message, filename, line FROM tblerrorlog')).toEqual(
    [],
  );
});

describe('documented errors', () => {
  test.each([
    [
      'AddCredit',
      { clientid: '2', description: 'x', amount: '5', type: 'gift' },
      'Type can only be add or remove',
    ],
    ['AddCredit', { clientid: '999', description: 'x', amount: '5' }, 'Client ID Not Found'],
    [
      'AddCredit',
      { clientid: '2', description: 'x', amount: '5', adminid: '99' },
      'Admin ID Not Found',
    ],
    ['AddCredit', { clientid: '2', description: 'x' }, 'No Amount Provided'],
    [
      'AddCredit',
      { clientid: '2', description: 'x', amount: 'five' },
      'Amount must be in decimal format',
    ],
    [
      'AddCredit',
      { clientid: '2', description: 'x', amount: '5', date: '22.11.2026' },
      'Date Format is not Valid',
    ],
    ['ApplyCredit', { invoiceid: '999999', amount: '5' }, 'Invoice ID Not Found'],
    ['ApplyCredit', { invoiceid: '918', amount: '5' }, 'Invoice Not in Unpaid Status'],
    ['ApplyCredit', { invoiceid: '910', amount: '3.01' }, 'Amount exceeds customer credit balance'],
    ['ApplyCredit', { invoiceid: '909', amount: '25.01' }, 'Amount Exceeds Invoice Balance'],
    [
      'ApplyCredit',
      { invoiceid: '909', amount: '0.00' },
      'Credit Amount to apply must be greater than zero',
    ],
    ['GetCredits', { clientid: '999' }, 'Client ID Not Found'],
    ['GetClientsDetails', {}, 'Either clientid Or email Is Required'],
    ['GetClientsDetails', { clientid: '999' }, 'Client Not Found'],
    ['GetInvoice', { invoiceid: '999999' }, 'Invoice ID Not Found'],
    ['CreateInvoice', { userid: '999' }, 'Client ID Not Found'],
    [
      'UpdateInvoice',
      { invoiceid: '909', publish: '1' },
      'Invoice must be in Draft status to be published',
    ],
    [
      'AddInvoicePayment',
      { invoiceid: '999999', transid: 'a', gateway: 'banktransfer' },
      'Invoice ID Not Found',
    ],
    [
      'AddTransaction',
      { paymentmethod: 'banktransfer', transid: 'SEED901', userid: '2' },
      'Transaction ID must be Unique',
    ],
    ['GenInvoices', { clientid: '999' }, 'Client ID Not Found'],
    ['CapturePayment', { invoiceid: '918' }, 'Invoice Not Found or Not Unpaid'],
    ['CapturePayment', { invoiceid: '911' }, 'Payment Attempt Failed'],
    ['GetConfigurationValue', {}, 'Parameter setting is required'],
    ['GetConfigurationValue', { setting: 'NoSuchThing' }, 'Invalid name for parameter setting'],
    ['SendAdminEmail', { messagename: 'No such template' }, 'Email Template not found'],
  ] as const)('%s with %j answers its documented error', async (action, parameters, message) => {
    expect(await whmcs.api(action, parameters)).toEqual({
      result: 'error',
      message,
      httpStatus: 200,
    });
  });

  test('a refused AddCredit leaves neither balance nor log touched', async () => {
    const before = await database.query('SELECT COUNT(*) AS n FROM standin_money_log');
    await whmcs.api('AddCredit', { clientid: '2', description: 'x', amount: '-5.00' });
    await whmcs.api('AddCredit', { clientid: '2', description: 'x', amount: '0' });
    expect(await database.query('SELECT COUNT(*) AS n FROM standin_money_log')).toEqual(before);
  });
});

describe('documented answers', () => {
  test('GetCredits lists movements as texts, negative when used, relid 0', async () => {
    expect(await whmcs.api('GetCredits', { clientid: '2' })).toMatchObject({
      result: 'success',
      totalresults: 2,
      clientid: 2,
      credits: {
        credit: [
          { id: '1', description: 'Add Funds Invoice #901', amount: '75.00', relid: '0' },
          { id: '2', description: 'Credit Applied to Invoice #902', amount: '-25.00', relid: '0' },
        ],
      },
    });
  });

  test('AddCredit moves the balance both ways and answers it', async () => {
    const add = { clientid: '5', description: 'Goodwill', amount: '12.30' };
    expect(await whmcs.api('AddCredit', add)).toMatchObject({ newbalance: '12.30' });
    const remove = { ...add, amount: '2.30', type: 'remove', date: '2026-01-31', adminid: '2' };
    expect(await whmcs.api('AddCredit', remove)).toMatchObject({ newbalance: '10.00' });
    expect(
      await database.query(
        "SELECT admin_id, DATE_FORMAT(date, '%Y-%m-%d') AS date, description, amount FROM tblcredit WHERE clientid = 5 AND amount < 0",
      ),
    ).toEqual([{ admin_id: 2, date: '2026-01-31', description: 'Goodwill', amount: '-2.30' }]);
  });

  test('ApplyCredit in part lowers the total, in full makes the invoice Paid', async () => {
    await whmcs.api('AddCredit', { clientid: '1', description: 'x', amount: '20.00' });
    const created = await whmcs.api('CreateInvoice', {
      userid: '1',
      itemdescription1: 'Work',
      itemamount1: '20.00',
    });
    expect(created).toMatchObject({ result: 'success', status: 'Unpaid' });
    const invoiceid = String(created['invoiceid']);
    expect(await whmcs.api('ApplyCredit', { invoiceid, amount: '5.00' })).toMatchObject({
      invoiceid: Number(invoiceid),
      amount: '5.00',
      invoicepaid: 'false',
    });
    expect(await whmcs.api('GetInvoice', { invoiceid })).toMatchObject({
      subtotal: '20.00',
      credit: '5.00',
      total: '15.00',
      balance: '15.00',
      status: 'Unpaid',
      transactions: '',
    });
    expect(await whmcs.api('ApplyCredit', { invoiceid, amount: '15.00' })).toMatchObject({
      invoicepaid: 'true',
    });
    expect(await whmcs.api('GetInvoice', { invoiceid })).toMatchObject({
      credit: '20.00',
      total: '0.00',
      balance: '0.00',
      status: 'Paid',
    });
  });

  test('AddInvoicePayment without an amount pays the balance; more than the balance goes to credit', async () => {
    const payment = { transid: 'T-914', gateway: 'banktransfer', date: '2026-11-22 10:00:00' };
    await whmcs.api('AddInvoicePayment', { invoiceid: '914', ...payment });
    expect(await whmcs.api('GetInvoice', { invoiceid: '914' })).toMatchObject({
      status: 'Paid',
      balance: '0.00',
      transactions: { transaction: [{ amountin: '25.00', transid: 'T-914' }] },
    });
    await whmcs.api('AddInvoicePayment', {
      invoiceid: '913',
      ...payment,
      transid: 'T-913',
      amount: '17.50',
    });
    expect(await whmcs.api('GetClientsDetails', { clientid: '18' })).toMatchObject({
      client: { credit: '7.50', currency_code: 'USD' },
    });
  });

  test('GetClientsDetails gives money in stats as formatted text', async () => {
    expect(await whmcs.api('GetClientsDetails', { clientid: '4', stats: 'true' })).toMatchObject({
      stats: { creditbalance: '¥101 JPY' },
      client: { credit: '100.50' },
    });
  });

  test('GetInvoices filters Overdue, which is no status', async () => {
    const answer = await whmcs.api('GetInvoices', { status: 'Overdue', limitnum: '50' });
    const { invoice } = answer['invoices'] as { invoice: { status: string; duedate: string }[] };
    expect(invoice.length).toBeGreaterThan(3);
    expect(new Set(invoice.map(({ status }) => status))).toEqual(new Set(['Unpaid']));
  });

  test('a draft is published with UpdateInvoice and only then is created for the client', async () => {
    await database.root.query('TRUNCATE standin_event_log');
    await whmcs.api('UpdateInvoice', { invoiceid: '908', publishandsendemail: '1' });
    expect(await hooks('InvoiceCreat%')).toEqual(['InvoiceCreationPreEmail', 'InvoiceCreated']);
    expect(await whmcs.api('GetInvoice', { invoiceid: '908' })).toMatchObject({ status: 'Unpaid' });
  });

  test('encryption differs each time and is undone', async () => {
    const one = await whmcs.api('EncryptPassword', { password2: 'secret' });
    const two = await whmcs.api('EncryptPassword', { password2: 'secret' });
    expect(one['password']).not.toBe(two['password']);
    expect(
      await whmcs.api('DecryptPassword', { password2: String(two['password']) }),
    ).toMatchObject({
      password: 'secret',
    });
  });
});

describe('access', () => {
  test('an action outside the credential’s role answers 403', async () => {
    const answer = await whmcs.api('AddCredit', { identifier: 'standin-reader', clientid: '2' });
    expect(answer).toMatchObject({ result: 'error', httpStatus: 403 });
  });

  test('an admin without API Access is refused, and so is a wrong secret', async () => {
    for (const credential of [{ identifier: 'standin-limited' }, { secret: 'guess' }]) {
      const answer = await whmcs.api('GetCredits', { ...credential, clientid: '2' });
      expect(answer).toMatchObject({ result: 'error', httpStatus: 403 });
    }
  });

  test('SetConfigurationValue works through localAPI alone', async () => {
    const change = { setting: 'AddFundsMinimum', value: '15.00' };
    expect(await whmcs.api('SetConfigurationValue', change)).toMatchObject({ httpStatus: 403 });
    expect(await whmcs.localApi('SetConfigurationValue', change)).toEqual({
      result: 'success',
      value_changed: true,
    });
    expect(await whmcs.localApi('SetConfigurationValue', change)).toMatchObject({
      value_changed: false,
    });
  });
});

async function hooks(like: string): Promise<string[]> {
  const rows = await database.query<{ detail: string }>(
    "SELECT detail FROM standin_event_log WHERE event = 'hook' AND detail LIKE ? ORDER BY id",
    [like],
  );
  return rows.map(({ detail }) => detail);
}
