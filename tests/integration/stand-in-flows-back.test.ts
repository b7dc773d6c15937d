import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPeople } from '../support/people.ts';
import { firedHooks, forgetLogs } from '../support/stand-in-log.ts';
import { walkStandIn } from '../support/walk-stand-in.ts';

// Money that flows back in the stand-in, and what else happens to a deposit: reversals, deleted transactions, late fees, taxes,
// fees of gateways, commissions paid out as credit (whmcs.md §1.2, §2.3, §2.5, §2.7). Each switch in both positions.

const BEN = { id: 2, email: 'ben@example.com' };
const ROSA = { id: 18, email: 'rosa@example.com' };
const { database, whmcs } = await walkStandIn();
const people = createPeople({ standIn: whmcs, database });

beforeEach(async () => {
  await database.root.query("DELETE FROM standin_settings WHERE name <> 'ledger'");
  await database.root.query('UPDATE tblclients SET credit = 0 WHERE id IN (?, ?)', [
    BEN.id,
    ROSA.id,
  ]);
  await forgetLogs(database);
});

afterEach(async () => {
  expect(await database.query('SELECT message, filename, line FROM tblerrorlog')).toEqual([]);
});

const statusOf = async (invoice: number) =>
  (await whmcs.api('GetInvoice', { invoiceid: String(invoice) }))['status'];

async function balanceOf(client: number): Promise<string | undefined> {
  const [row] = await database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [client],
  );
  return row?.credit;
}

/** Money that went out for an invoice; on 9.x also the notes. */
const out = (invoice: number) =>
  database.query<{ amountout: string; refundid: number }>(
    'SELECT amountout, refundid > 0 AS refundid FROM tblaccounts WHERE invoiceid = ? AND amountout > 0',
    [invoice],
  );

/** The newest row of a client's credit log. */
async function logged(
  client: number,
): Promise<{ amount: string; description: string } | undefined> {
  const rows = await database.query<{ amount: string; description: string }>(
    'SELECT amount, description FROM tblcredit WHERE clientid = ? ORDER BY id DESC LIMIT 1',
    [client],
  );
  return rows[0];
}

async function paidDeposit(amount: string): Promise<number> {
  const invoice = await people.deposit(BEN.email, amount);
  await people.pay(BEN.email, invoice, amount);
  return invoice;
}

async function setting(name: string, value: string): Promise<void> {
  await database.root.query('UPDATE tblconfiguration SET value = ? WHERE setting = ?', [
    value,
    name,
  ]);
}

/** An invoice that no card pays, long overdue. */
async function overdueInvoice(client: number): Promise<string> {
  const answer = await whmcs.api('CreateInvoice', {
    userid: String(client),
    status: 'Unpaid',
    duedate: '2020-01-01',
    paymentmethod: 'banktransfer',
    itemdescription1: 'Work',
    itemamount1: '20.00',
  });
  return String(answer['invoiceid']);
}

describe.each(['8.x', '9.x'])('on %s', (ledger) => {
  beforeAll(() => whmcs.setSwitch('ledger', ledger));

  test('a deposit that the gateway reverses: Collections, its credit gone at once, below zero where it was spent', async () => {
    const invoice = await paidDeposit('100.00');
    const other = await people.invoice(BEN.id, '70.00');
    await people.payWithCredit(BEN.email, other, '70.00');
    await forgetLogs(database);
    await people.chargeBack(invoice);
    expect(await statusOf(invoice)).toBe('Collections');
    expect(await balanceOf(BEN.id)).toBe('-70.00');
    expect(await logged(BEN.id)).toEqual({
      amount: '-100.00',
      description: `Payment Reversal for Invoice #${invoice}`,
    });
    expect(await out(invoice)).toEqual([{ amountout: '100.00', refundid: 1 }]);
    expect(await firedHooks(database, /^(Invoice(?!Created|Creation)|AddTransaction)/)).toEqual([
      'AddTransaction',
    ]);
    expect(await statusOf(other)).toBe('Paid');
  });

  test('staff reverse a part of a deposit, and then the rest: as much of the credit goes, or all of it at once', async () => {
    const invoice = await paidDeposit('50.00');
    await people.reverse(invoice, '20.00');
    expect([await statusOf(invoice), await balanceOf(BEN.id)]).toEqual(['Collections', '30.00']);
    await people.reverse(invoice, '30.00');
    expect(await balanceOf(BEN.id)).toBe('0.00');

    await whmcs.setSwitch('partial_reversal', 'deposit');
    const second = await paidDeposit('50.00');
    await people.reverse(second, '20.00');
    expect(await balanceOf(BEN.id)).toBe('0.00');
    await people.reverse(second, '30.00');
    expect(await balanceOf(BEN.id)).toBe('0.00');
  });

  test('a reversal is worded in several ways, and fires InvoiceRefunded or not', async () => {
    await whmcs.setSwitch('reversal_text', 'names-transaction');
    await people.chargeBack(await paidDeposit('10.00'));
    expect((await logged(BEN.id))?.description).toMatch(/^Reversed Transaction REV\w+$/);
    await whmcs.setSwitch('reversal_text', 'plain');
    await whmcs.setSwitch('reversal_hooks', 'refunded');
    await forgetLogs(database);
    await people.chargeBack(await paidDeposit('10.00'));
    expect((await logged(BEN.id))?.description).toBe('Payment Reversed');
    expect(await firedHooks(database, /^InvoiceRefunded$/)).toEqual(['InvoiceRefunded']);
  });

  test('an invoice that is reversed sends its service’s due date back; the surplus of an overpayment stays', async () => {
    const due = async () => {
      const [row] = await database.query<{ nextduedate: string }>(
        `SELECT h.nextduedate FROM tblhosting h JOIN tblinvoiceitems l ON l.relid = h.id AND l.type = 'Hosting'
         WHERE l.invoiceid = 914`,
      );
      return row?.nextduedate;
    };
    const before = await due();
    const { balance } = await whmcs.api('GetInvoice', { invoiceid: '914' });
    const surplus = '7.00';
    const paid = (Number(balance) + Number(surplus)).toFixed(2);
    await people.pay(ROSA.email, 914, paid);
    expect([await due(), await balanceOf(ROSA.id)]).not.toEqual([before, '0.00']);
    await people.chargeBack(914);
    expect([await due(), await balanceOf(ROSA.id)]).toEqual([before, surplus]);
    expect(await statusOf(914)).toBe('Collections');
  });

  test.each(['targets', 'container'])(
    'a mass payment that held a deposit is reversed: each invoice becomes Collections, rows on the %s',
    async (position) => {
      await whmcs.setSwitch('mass_reversal_rows', position);
      const deposit = await people.deposit(BEN.email, '40.00');
      const work = await people.invoice(BEN.id, '25.00');
      const container = await people.payTogether(BEN.email, [deposit, work], '65.00');
      expect(await balanceOf(BEN.id)).toBe('40.00');
      await people.chargeBack(container);
      expect(await balanceOf(BEN.id)).toBe('0.00');
      expect([await statusOf(deposit), await statusOf(work)]).toEqual([
        'Collections',
        'Collections',
      ]);
      const rows = [await out(deposit), await out(work), await out(container)];
      const onTargets = [['40.00'], ['25.00'], []];
      expect(rows.map((some) => some.map(({ amountout }) => amountout))).toEqual(
        position === 'targets' ? onTargets : [[], [], ['65.00']],
      );
    },
  );

  test('a second reversal of the same payment is booked as the first was', async () => {
    const invoice = await paidDeposit('10.00');
    await people.chargeBack(invoice);
    await people.chargeBack(invoice);
    expect(await out(invoice)).toHaveLength(2);
    expect(await balanceOf(BEN.id)).toBe('-10.00');
  });

  test('a refund of everything ends as Refunded, or as Collections; the credit stays', async () => {
    const first = await paidDeposit('10.00');
    await people.refund(first, '10.00');
    await whmcs.setSwitch('refund_ends_as', 'Collections');
    const second = await paidDeposit('10.00');
    await people.refund(second, '10.00');
    expect([await statusOf(first), await statusOf(second)]).toEqual(['Refunded', 'Collections']);
    expect(await balanceOf(BEN.id)).toBe('20.00');
  });

  test('a commission paid out to the credit: the withdrawal, the balance, the log', async () => {
    await people.payOutCommission(BEN.id, '30.00');
    expect(await balanceOf(BEN.id)).toBe('30.00');
    expect(await logged(BEN.id)).toEqual({
      amount: '30.00',
      description: 'Affiliate Commissions Withdrawal',
    });
    const [withdrawal] = await database.query(
      `SELECT w.amount FROM tblaffiliateswithdrawals w JOIN tblaffiliates a ON a.id = w.affiliateid
       WHERE a.clientid = ? ORDER BY w.id DESC`,
      [BEN.id],
    );
    expect(withdrawal).toEqual({ amount: '30.00' });
  });

  test('the cron adds a late fee once to what is overdue, not where the client is spared', async () => {
    await setting('InvoiceLateFeeAmount', '2.50');
    await setting('AutoCancelUnpaidDays', '0');
    await database.root.query('UPDATE tblclients SET latefeeoveride = 1 WHERE id = ?', [ROSA.id]);
    const overdue = await Promise.all([BEN.id, ROSA.id].map(overdueInvoice));
    const balances = () =>
      Promise.all(
        overdue.map(async (invoiceid) => (await whmcs.api('GetInvoice', { invoiceid }))['balance']),
      );
    for (let run = 0; run < 2; run++) {
      await whmcs.runCron({ force: true });
      expect(await balances()).toEqual(['22.50', '20.00']);
    }
    expect(await firedHooks(database, /^AddInvoiceLateFee$/)).toContain('AddInvoiceLateFee');
    await setting('InvoiceLateFeeAmount', '0.00');
    for (const invoice of overdue) await people.onInvoice(Number(invoice), 'cancel');
  });

  test.each([
    { mode: 'no', asked: '100.00', total: '100.00', credit: '100.00' },
    { mode: 'exclusive', asked: '100.00', total: '120.00', credit: '100.00' },
    { mode: 'inclusive', asked: '100.00', total: '100.00', credit: '83.33' },
  ])('a deposit taxed by an addon ($mode) credits the net amount', async (taxed) => {
    await whmcs.setSwitch('taxed_deposits', taxed.mode);
    const invoice = await people.deposit(BEN.email, taxed.asked);
    expect(await whmcs.api('GetInvoice', { invoiceid: String(invoice) })).toMatchObject({
      total: taxed.total,
      subtotal: taxed.credit,
    });
    await people.pay(BEN.email, invoice, taxed.total);
    expect([await statusOf(invoice), await balanceOf(BEN.id)]).toEqual(['Paid', taxed.credit]);
    await people.chargeBack(invoice);
    expect(await balanceOf(BEN.id)).toBe('0.00');
  });

  test('an addon’s fee is a line of the invoice and no credit', async () => {
    await whmcs.setSwitch('fee_line', '5.49');
    const invoice = await people.deposit(BEN.email, '100.00');
    await people.pay(BEN.email, invoice, '105.49');
    expect([await statusOf(invoice), await balanceOf(BEN.id)]).toEqual(['Paid', '100.00']);
  });
});

test('staff delete a transaction: the row goes and nothing else changes; 9.x refuses', async () => {
  await whmcs.setSwitch('ledger', '8.x');
  const invoice = await paidDeposit('10.00');
  const rows = () => database.query('SELECT id FROM tblaccounts WHERE invoiceid = ?', [invoice]);
  await people.deletePayment(invoice);
  expect(await rows()).toEqual([]);
  expect([await statusOf(invoice), await balanceOf(BEN.id)]).toEqual(['Paid', '10.00']);

  await whmcs.setSwitch('ledger', '9.x');
  const published = await paidDeposit('10.00');
  await expect(people.deletePayment(published)).rejects.toThrow('cannot be modified');
});

test('on 9.x a reversal makes a credit note, or none', async () => {
  await whmcs.setSwitch('ledger', '9.x');
  const notes = async (invoice: number) =>
    (
      await database.query(
        'SELECT 1 FROM tblaccounts WHERE invoiceid = ? AND billingnoteid > 0 AND amountin > 0',
        [invoice],
      )
    ).length;
  const first = await paidDeposit('10.00');
  await people.chargeBack(first);
  await whmcs.setSwitch('reversal_note', 'written');
  const second = await paidDeposit('10.00');
  await people.chargeBack(second);
  expect([await notes(first), await notes(second)]).toEqual([0, 1]);
});
