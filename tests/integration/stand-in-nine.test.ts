import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startStandIn } from '../support/stand-in.ts';
import { firedHooks, forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { walkStandIn } from '../support/walk-stand-in.ts';
import { createWhmcsDatabase } from '../support/whmcs-database.ts';

// The books of WHMCS 9 (whmcs.md §0, §2, §5), each behaviour beside its neighbour on 8.x where there is one.

const BEN = 2;
const { database, whmcs } = await walkStandIn();
let admin: Visitor;
/** An invoice of 8.x with 10.00 of 30.00 paid by credit, from before the upgrade. */
let fromBefore: string;

beforeAll(async () => {
  fromBefore = await openInvoice();
  await whmcs.api('ApplyCredit', { invoiceid: fromBefore, amount: '10.00' });
  await whmcs.setSwitch('ledger', '9.x');
  admin = await visitAsAdmin(whmcs, 'admin');
});

beforeEach(async () => {
  await database.root.query(
    "DELETE FROM standin_settings WHERE name NOT IN ('ledger', 'last_invoice_before_nine')",
  );
  await database.root.query('UPDATE tblclients SET credit = 100 WHERE id = ?', [BEN]);
  await forgetLogs(database);
});

afterEach(async () => {
  expect(await database.query('SELECT message, filename, line FROM tblerrorlog')).toEqual([]);
});

async function openInvoice(amount = '30.00', more: Record<string, string> = {}): Promise<string> {
  const fields = { userid: String(BEN), itemdescription1: 'Work', itemamount1: amount, ...more };
  return String((await whmcs.api('CreateInvoice', fields))['invoiceid']);
}

const invoice = (invoiceid: string) => whmcs.api('GetInvoice', { invoiceid });

/** Rows of tblaccounts for an invoice: which note, type, in, out. */
async function rows(invoiceid: string): Promise<readonly (readonly unknown[])[]> {
  const found = await database.query<Record<string, unknown>>(
    'SELECT billingnoteid > 0 AS note, type, amountin, amountout FROM tblaccounts WHERE invoiceid = ? ORDER BY id',
    [invoiceid],
  );
  return found.map(({ note, type, amountin, amountout }) => [
    Number(note) === 1 ? 'note' : 'money',
    type,
    amountin,
    amountout,
  ]);
}

const CREDIT_NOTE = 'invoice_billing_adjustment_credit';
const DEBIT_NOTE = 'invoice_billing_adjustment_debit';
const PAYMENT = ['money', 'gateway_funds_in', '30.00', '0.00'];

async function act(invoiceid: string, act: string, fields: Record<string, string> = {}) {
  return admin.post(`admin/invoices.php?action=edit&id=${invoiceid}`, { do: act, ...fields });
}

async function pay(invoiceid: string, amount = '30.00'): Promise<void> {
  await whmcs.api('AddInvoicePayment', {
    invoiceid,
    transid: `T${invoiceid}-${amount}`,
    gateway: 'banktransfer',
    amount,
  });
}

async function lastPayment(invoiceid: string): Promise<string> {
  const [row] = await database.query<{ id: number }>(
    "SELECT id FROM tblaccounts WHERE invoiceid = ? AND type = 'gateway_funds_in' ORDER BY id DESC LIMIT 1",
    [invoiceid],
  );
  return String(row?.id);
}

describe('the tables', () => {
  test('have notes and the columns of tblaccounts on 9.x only, and the version says so', async () => {
    const columns = () =>
      database.query(
        `SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
         AND TABLE_NAME = 'tblaccounts' AND COLUMN_NAME IN ('billingnoteid', 'type', 'relid')`,
      );
    const tables = () => database.query("SHOW TABLES LIKE 'tblbillingnote%'");
    expect([await columns(), await tables()].map(({ length }) => length)).toEqual([3, 2]);
    expect(await whmcs.api('WhmcsDetails')).toMatchObject({ whmcs: { version: '9.0.5' } });

    const eight = await createWhmcsDatabase(testDatabaseServer());
    try {
      const { host, port } = testDatabaseServer();
      const old = await startStandIn({
        database: { host, port, ...eight.owner, name: eight.name },
      });
      await old.setSwitch('ledger', '9.x');
      await old.setSwitch('ledger', '8.x');
      expect(await eight.query("SHOW TABLES LIKE 'tblbillingnote%'")).toEqual([]);
      expect(await eight.query("SHOW COLUMNS FROM tblaccounts LIKE 'billingnoteid'")).toEqual([]);
      await old.stop();
    } finally {
      await eight.drop();
    }
  });
});

describe('a note reaches its invoice as a row of tblaccounts', () => {
  test('applied credit: the total stays gross, and a payment of the rest is money', async () => {
    const id = await openInvoice();
    await whmcs.api('ApplyCredit', { invoiceid: id, amount: '10.00' });
    expect(await invoice(id)).toMatchObject({ credit: '0.00', total: '30.00', balance: '20.00' });
    await pay(id, '20.00');
    expect(await invoice(id)).toMatchObject({ status: 'Paid', total: '30.00', balance: '0.00' });
    expect(await rows(id)).toEqual([
      ['note', CREDIT_NOTE, '10.00', '0.00'],
      ['money', 'gateway_funds_in', '20.00', '0.00'],
    ]);
    expect(
      await database.query(
        `SELECT n.note_type, n.client_id, n.total, i.amount, a.gateway, a.transid FROM tblaccounts a
         JOIN tblbillingnotes n ON n.id = a.billingnoteid JOIN tblbillingnoteitems i ON i.billingnote_id = n.id
         WHERE a.invoiceid = ?`,
        [id],
      ),
    ).toEqual([
      {
        note_type: 'credit',
        client_id: BEN,
        total: '10.00',
        amount: '10.00',
        gateway: '',
        transid: '',
      },
    ]);
    const seen = (await moneyChanges(database)).filter(({ invoice }) => String(invoice) === id);
    expect(seen.map(({ what, after }) => `${what} ${after}`)).toEqual(
      expect.arrayContaining(['note 10.00', 'payment 20.00']),
    );
  });

  test('applied credit moves the column too where the switch says so', async () => {
    await whmcs.setSwitch('ledger_9_credit_column', 'moves');
    const id = await openInvoice();
    await whmcs.api('ApplyCredit', { invoiceid: id, amount: '10.00' });
    expect(await invoice(id)).toMatchObject({ credit: '10.00', total: '30.00', balance: '20.00' });
  });

  test('credit that is taken off again is a debit note', async () => {
    const id = await openInvoice();
    await whmcs.api('ApplyCredit', { invoiceid: id, amount: '10.00' });
    await whmcs.api('ApplyCredit', { invoiceid: id, amount: '-50.00' });
    expect(await rows(id)).toEqual([
      ['note', CREDIT_NOTE, '10.00', '0.00'],
      ['note', DEBIT_NOTE, '0.00', '10.00'],
    ]);
    expect(await invoice(id)).toMatchObject({ balance: '30.00' });
  });

  test('Mark Paid with an open balance; a deposit marked Paid adds its credit without any money', async () => {
    const id = await openInvoice();
    await act(id, 'markpaid');
    expect(await rows(id)).toEqual([['note', CREDIT_NOTE, '30.00', '0.00']]);
    expect(await invoice(id)).toMatchObject({ status: 'Paid', balance: '0.00' });

    const anna = await visitAsClient(whmcs, 'anna@example.com');
    await anna.get('clientarea.php?action=addfunds');
    const page = await anna.post('clientarea.php?action=addfunds', {
      amount: '25.00',
      paymentmethod: 'banktransfer',
    });
    const deposit = /id=(\d+)/.exec(page.path)?.[1] ?? '';
    await act(deposit, 'markpaid');
    expect(await rows(deposit)).toEqual([['note', CREDIT_NOTE, '25.00', '0.00']]);
    expect(await database.query('SELECT credit FROM tblclients WHERE id = 1')).toEqual([
      { credit: '25.00' },
    ]);
  });

  test('cancelling closes what is open, and the note stays when the invoice is Unpaid again', async () => {
    const id = await openInvoice();
    await act(id, 'cancel');
    expect(await rows(id)).toEqual([['note', CREDIT_NOTE, '30.00', '0.00']]);
    await act(id, 'markunpaid');
    expect(await invoice(id)).toMatchObject({ status: 'Unpaid', balance: '0.00' });
  });

  test('cancelling gives applied credit back, or not', async () => {
    const id = await openInvoice();
    await whmcs.api('ApplyCredit', { invoiceid: id, amount: '10.00' });
    await act(id, 'cancel');
    expect(await credit()).toBe('90.00');

    await whmcs.setSwitch('cancel_returns_credit', 'yes');
    const other = await openInvoice();
    await whmcs.api('ApplyCredit', { invoiceid: other, amount: '10.00' });
    await act(other, 'cancel');
    expect(await credit()).toBe('90.00');
    expect(await invoice(other)).toMatchObject({ status: 'Cancelled', balance: '0.00' });
  });

  test('cancelling single lines', async () => {
    const id = await openInvoice('30.00', { itemdescription2: 'More work', itemamount2: '5.00' });
    const [, second] = await database.query<{ id: number }>(
      'SELECT id FROM tblinvoiceitems WHERE invoiceid = ? ORDER BY id',
      [id],
    );
    await act(id, 'cancellines', { line: String(second?.id) });
    expect(await rows(id)).toEqual([['note', CREDIT_NOTE, '5.00', '0.00']]);
    expect(await invoice(id)).toMatchObject({ total: '35.00', balance: '30.00' });
  });

  test('a refund of a Paid invoice; a part of it leaves it Paid, and one of an unpaid invoice makes no note', async () => {
    const id = await openInvoice();
    await pay(id);
    const refund = { payment: await lastPayment(id), refundtype: 'manual' };
    await act(id, 'refund', { ...refund, amount: '10.00' });
    expect(await invoice(id)).toMatchObject({ status: 'Paid', balance: '0.00' });
    await act(id, 'refund', { ...refund, amount: '20.00' });
    expect(await invoice(id)).toMatchObject({ status: 'Refunded', balance: '0.00' });
    expect(await rows(id)).toEqual([
      PAYMENT,
      ['money', 'gateway_funds_out', '0.00', '10.00'],
      ['note', CREDIT_NOTE, '10.00', '0.00'],
      ['money', 'gateway_funds_out', '0.00', '20.00'],
      ['note', CREDIT_NOTE, '20.00', '0.00'],
    ]);

    const unpaid = await openInvoice();
    await pay(unpaid, '20.00');
    await act(unpaid, 'refund', { ...refund, payment: await lastPayment(unpaid), amount: '5.00' });
    expect((await rows(unpaid)).filter(([kind]) => kind === 'note')).toEqual([]);
    expect(await invoice(unpaid)).toMatchObject({ status: 'Unpaid', balance: '15.00' });
  });

  test('a late fee raises what is open, and an overpayment goes to credit', async () => {
    const late = await openInvoice();
    await act(late, 'latefee', { amount: '5.00' });
    expect(await rows(late)).toEqual([['note', DEBIT_NOTE, '0.00', '5.00']]);
    expect(await invoice(late)).toMatchObject({ total: '30.00', balance: '35.00' });
    expect(await firedHooks(database, /LateFee/)).toEqual(['AddInvoiceLateFee']);

    const over = await openInvoice();
    await pay(over, '37.00');
    expect(await rows(over)).toEqual([
      ['money', 'gateway_funds_in', '37.00', '0.00'],
      ['note', DEBIT_NOTE, '0.00', '7.00'],
    ]);
    expect(await invoice(over)).toMatchObject({ status: 'Paid', balance: '0.00' });
    expect(await credit()).toBe('107.00');
  });

  test('a mass payment: targets are closed by notes, the money stays on the container', async () => {
    const rosa = await visitAsClient(whmcs, 'rosa@example.com');
    await rosa.get('clientarea.php?action=masspay');
    const page = await rosa.post('clientarea.php?action=masspay', {
      'invoiceids[]': ['913', '914'],
    });
    const container = /id=(\d+)/.exec(page.path)?.[1] ?? '';
    await forgetLogs(database);
    await whmcs.api('AddInvoicePayment', {
      invoiceid: container,
      transid: 'MASS',
      gateway: 'banktransfer',
    });
    expect((await rows(container)).map(([kind]) => kind)).toEqual(['money']);
    for (const target of ['913', '914']) {
      expect((await rows(target)).map(([kind, type]) => [kind, type])).toEqual([
        ['note', CREDIT_NOTE],
      ]);
      expect(await invoice(target)).toMatchObject({ status: 'Paid', balance: '0.00' });
    }
    // The order of 9.0.5 (§4.3): the targets are paid between the container's two hooks.
    expect(
      await firedHooks(database, /^(AddInvoicePayment|InvoicePaid|InvoicePaidPreEmail)$/),
    ).toEqual([
      'AddInvoicePayment',
      'InvoicePaidPreEmail',
      'InvoicePaidPreEmail',
      'InvoicePaid',
      'InvoicePaidPreEmail',
      'InvoicePaid',
      'InvoicePaid',
    ]);
  });
});

async function credit(): Promise<string | undefined> {
  const [client] = await database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [BEN],
  );
  return client?.credit;
}

describe('an invoice that is not Draft', () => {
  const edit = { 'newitemdescription[0]': 'More', 'newitemamount[0]': '1.00' };

  test('refuses edits in the admin area, unless the opt-out is set; drafts accept them', async () => {
    const line = { description: 'More', amount: '1.00' };
    const id = await openInvoice();
    expect((await act(id, 'addline', line)).body).toContain('cannot be modified');
    expect(await invoice(id)).toMatchObject({ total: '30.00' });
    const draft = await openInvoice('30.00', { draft: '1' });
    await act(draft, 'addline', line);
    expect(await invoice(draft)).toMatchObject({ status: 'Draft', total: '31.00' });

    await whmcs.setSwitch('nine_mutable', 'on');
    await act(id, 'addline', line);
    expect(await invoice(id)).toMatchObject({ total: '31.00' });
  });

  test('accepts lines and status from UpdateInvoice, or refuses the lines', async () => {
    const id = await openInvoice();
    await whmcs.api('UpdateInvoice', { invoiceid: id, ...edit });
    expect(await invoice(id)).toMatchObject({ status: 'Unpaid', total: '31.00' });
    await pay(id, '31.00');
    await whmcs.api('UpdateInvoice', { invoiceid: id, status: 'Unpaid' });
    expect(await invoice(id)).toMatchObject({ status: 'Unpaid', balance: '0.00' });

    await whmcs.setSwitch('api_line_edits', 'refused');
    expect(await whmcs.api('UpdateInvoice', { invoiceid: id, ...edit })).toMatchObject({
      result: 'error',
    });
  });

  test('refuses AddTransaction once it is Paid', async () => {
    const id = await openInvoice();
    const more = { paymentmethod: 'banktransfer', invoiceid: id, amountin: '1.00' };
    expect(await whmcs.api('AddTransaction', { ...more, transid: `A${id}` })).toMatchObject({
      result: 'success',
    });
    await pay(id, '29.00');
    expect(await whmcs.api('AddTransaction', { ...more, transid: `B${id}` })).toMatchObject({
      result: 'error',
    });
  });
});

describe('hooks of 9.0.5', () => {
  test('InvoiceCancelled fires for UpdateInvoice too', async () => {
    const id = await openInvoice();
    await whmcs.api('UpdateInvoice', { invoiceid: id, status: 'Cancelled' });
    expect(await firedHooks(database, /^InvoiceCancelled$/)).toEqual(['InvoiceCancelled']);
  });

  test('InvoiceRefunded fires for full refunds, or for every one', async () => {
    const id = await openInvoice();
    await pay(id);
    const refund = { payment: await lastPayment(id), refundtype: 'manual', amount: '10.00' };
    await act(id, 'refund', refund);
    expect(await firedHooks(database, /^InvoiceRefunded$/)).toEqual([]);
    await whmcs.setSwitch('invoice_refunded', 'every');
    await act(id, 'refund', refund);
    expect(await firedHooks(database, /^InvoiceRefunded$/)).toEqual(['InvoiceRefunded']);
  });
});

test('an invoice from before the upgrade keeps the arithmetic of 8.x; more credit on it is a note, or lowers its total', async () => {
  const old = { credit: '10.00', total: '20.00' };
  expect(await invoice(fromBefore)).toMatchObject({ ...old, balance: '20.00' });
  await whmcs.api('ApplyCredit', { invoiceid: fromBefore, amount: '5.00' });
  expect(await invoice(fromBefore)).toMatchObject({ ...old, balance: '15.00' });
  await whmcs.setSwitch('invoice_from_before_nine', 'on');
  await whmcs.api('ApplyCredit', { invoiceid: fromBefore, amount: '5.00' });
  expect(await invoice(fromBefore)).toMatchObject({
    credit: '15.00',
    total: '15.00',
    balance: '10.00',
  });
  await pay(fromBefore, '10.00');
  expect(await invoice(fromBefore)).toMatchObject({ status: 'Paid', balance: '0.00' });
});

test('notes have pages: for their client, and for staff; addons speak inside the Options tab', async () => {
  const id = await openInvoice();
  await whmcs.api('ApplyCredit', { invoiceid: id, amount: '10.00' });
  const [row] = await database.query<{ note: number }>(
    'SELECT billingnoteid AS note FROM tblaccounts WHERE invoiceid = ?',
    [id],
  );
  const ben = await visitAsClient(whmcs, 'ben@example.com');
  const href = `/index.php/billing/credit/${row?.note}`;
  expect((await ben.get(`viewinvoice.php?id=${id}`)).body).toContain(`href="${href}"`);
  expect((await ben.get(href)).body).toContain(`Credit Note #${row?.note}`);
  const anna = await visitAsClient(whmcs, 'anna@example.com');
  expect((await anna.get(href)).status).toBe(404);

  const page = await admin.get(`admin/invoices.php?action=edit&id=${id}`);
  expect(page.body).toContain('<details id="tabOptions">');
  const shown = await admin.get(`admin/billing/billingnote/credit/${row?.note}`);
  expect(shown.body).toContain(`Credit Note #${row?.note}`);
  expect(shown.body).toContain(`invoices.php?action=edit&amp;id=${id}`);
});
