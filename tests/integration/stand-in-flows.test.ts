import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFpm } from '../support/fpm.ts';
import { firedHooks, forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { walkStandIn } from '../support/walk-stand-in.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// What clients, staff and the cron do in the stand-in, against the flows of whmcs.md §2 and §4.

const { database, whmcs } = await walkStandIn();

beforeEach(async () => {
  await forgetLogs(database);
});

afterEach(async () => {
  expect(await database.query('SELECT message, filename, line FROM tblerrorlog')).toEqual([]);
});

const INVOICE_HOOKS =
  /^(InvoiceC|InvoiceP|InvoiceU|EmailPreSend|AddInvoicePayment|OrderPaid|.*Checkout)/;

test('a deposit: invoice, gateway, Paid, credit booked, hooks in the documented order', async () => {
  const anna = await visitAsClient(whmcs, 'anna@example.com');
  await anna.get('clientarea.php?action=addfunds');
  const invoice = await anna.post('clientarea.php?action=addfunds', {
    amount: '50.00',
    paymentmethod: 'standincard',
  });
  const id = idOf(invoice.path);
  expect(await line(id)).toEqual([{ type: 'AddFunds', relid: 0, amount: '50.00' }]);
  expect(await firedHooks(database, INVOICE_HOOKS)).toEqual([
    'InvoiceCreation',
    'InvoiceCreationPreEmail',
    'EmailPreSend',
    'InvoiceCreated',
  ]);
  expect(await moneyChanges(database, { client: 1, what: 'balance' })).toEqual([]);

  await forgetLogs(database);
  await pay(anna, id, 'pay');
  expect(await firedHooks(database, INVOICE_HOOKS)).toEqual([
    'AddInvoicePayment',
    'InvoicePaidPreEmail',
    'EmailPreSend',
    'InvoicePaid',
  ]);
  expect(await moneyChanges(database, { client: 1 })).toEqual([
    { what: 'payment', client: 1, invoice: id, before: null, after: '50.00' },
    { what: 'invoice_status', client: 1, invoice: id, before: 'Unpaid', after: 'Paid' },
    { what: 'balance', client: 1, invoice: 0, before: '0.00', after: '50.00' },
    { what: 'credit_log', client: 1, invoice: 0, before: null, after: '50.00' },
  ]);
});

test('core refuses a deposit outside its limits, or without an active order, and creates nothing', async () => {
  const clara = await visitAsClient(whmcs, 'clara@example.com');
  await clara.get('clientarea.php?action=addfunds');
  const limits: [string, string][] = [
    ['5.00', 'Minimum Deposit is 9,20 €.'],
    ['460.01', 'Maximum Deposit is 460,00 €.'],
    ['ten', 'You must enter a valid amount.'],
  ];
  for (const [amount, complaint] of limits) {
    const page = await clara.post('clientarea.php?action=addfunds', { amount });
    expect(page.body).toContain(complaint);
  }
  await database.root.query('UPDATE tblclients SET credit = 900 WHERE id = 3');
  const full = await clara.post('clientarea.php?action=addfunds', { amount: '100.00' });
  expect(full.body).toContain('may not exceed 920,00 €');
  await database.root.query('UPDATE tblclients SET credit = 120 WHERE id = 3');

  const ivan = await visitAsClient(whmcs, 'ivan@example.com');
  expect((await ivan.get('clientarea.php?action=addfunds')).body).toContain(
    'at least one active order',
  );
  await ivan.get('clientarea.php');
  await ivan.post('clientarea.php?action=addfunds', { amount: '20.00' });
  expect(await firedHooks(database, INVOICE_HOOKS)).toEqual([]);
});

test('the test gateway declines, repeats its callback, and times out after charging', async () => {
  const ella = await visitAsClient(whmcs, 'ella@example.com');
  await ella.get('clientarea.php?action=addfunds');
  const deposit = async () => {
    const page = await ella.post('clientarea.php?action=addfunds', {
      amount: '20.00',
      paymentmethod: 'standincard',
    });
    return idOf(page.path);
  };
  const declined = await deposit();
  await pay(ella, declined, 'decline');
  expect(await statusOf(declined)).toBe('Unpaid');

  const repeated = await deposit();
  await pay(ella, repeated, 'repeat');
  expect(await moneyChanges(database, { client: 5, what: 'payment' })).toHaveLength(1);

  const lost = await deposit();
  await pay(ella, lost, 'timeout');
  expect(await statusOf(lost)).toBe('Unpaid');
  const admin = await visitAsAdmin(whmcs, 'admin');
  const page = await admin.get('admin/standin.php?page=gateway');
  const transid = /name="transid" value="(\w+)"/.exec(page.body)?.[1] ?? '';
  await admin.post('admin/standin.php?page=gateway', { do: 'callback', transid });
  expect(await statusOf(lost)).toBe('Paid');
  expect(await balanceOf(5)).toBe('40.00');
});

test('a forged callback books nothing', async () => {
  const response = await fetch(`${whmcs.url}modules/gateways/callback/standincard.php`, {
    method: 'POST',
    body: new URLSearchParams({
      invoiceid: '911',
      transid: 'FORGED',
      amount: '25.00',
      signature: 'x',
    }),
  });
  expect(response.status).toBe(403);
  expect(await moneyChanges(database)).toEqual([]);
});

test('an overpayment goes to credit and the invoice becomes Paid', async () => {
  const kurt = await visitAsClient(whmcs, 'kurt@example.com');
  await pay(kurt, 912, 'pay', '30.00');
  expect(await statusOf(912)).toBe('Paid');
  expect(await moneyChanges(database, { client: 11 })).toMatchObject([
    { what: 'payment', after: '30.00' },
    { what: 'balance', before: '0.00', after: '5.00' },
    { what: 'credit_log', after: '5.00' },
    { what: 'invoice_status', after: 'Paid' },
  ]);
});

test('a service changed to less gives back the rest of its term as credit, where the setting says so', async () => {
  await database.root.query('UPDATE tblhosting SET nextduedate = ? WHERE id = 9', [whmcsDay(15)]);
  const admin = await visitAsAdmin(whmcs, 'admin');
  await admin.get('admin/clientsupgrade.php?id=9');
  // What costs more is not on offer.
  await admin.post('admin/clientsupgrade.php?id=9', { pid: '4' });
  expect(await moneyChanges(database, { client: 8 })).toEqual([]);
  await admin.post('admin/clientsupgrade.php?id=9', { pid: '1' });
  const [upgrade] = await database.query<{ amount: string; credit_amount: string }>(
    'SELECT amount, credit_amount FROM tblupgrades WHERE relid = 9',
  );
  const credited = (upgrade?.amount ?? '').replace('-', '');
  expect(upgrade?.amount).toMatch(/^-/);
  const changes = await moneyChanges(database, { client: 8, what: 'credit_log' });
  expect(changes).toMatchObject([{ after: credited }]);
});

test('a mass payment settles its targets with credit, and paid hooks fire for container and targets', async () => {
  const rosa = await visitAsClient(whmcs, 'rosa@example.com');
  await rosa.get('clientarea.php?action=masspay');
  const page = await rosa.post('clientarea.php?action=masspay', {
    'invoiceids[]': ['913', '914'],
    paymentmethod: 'standincard',
  });
  const container = idOf(page.path);
  expect(await line(container)).toEqual([
    { type: 'Invoice', relid: 913, amount: '10.00' },
    { type: 'Invoice', relid: 914, amount: '25.00' },
  ]);
  expect((await rosa.get('clientarea.php?action=invoices')).body).not.toContain(`id=${container}"`);
  await forgetLogs(database);
  await pay(rosa, container, 'pay');

  const paid = await database.query<{ invoice_id: number }>(
    "SELECT invoice_id FROM standin_event_log WHERE event = 'hook' AND detail = 'InvoicePaid' ORDER BY id",
  );
  expect(paid.map((row) => row.invoice_id)).toEqual([913, 914, container]);
  expect(
    await database.query(
      'SELECT credit, total, status FROM tblinvoices WHERE id IN (913, 914, ?) ORDER BY id',
      [container],
    ),
  ).toEqual([
    { credit: '10.00', total: '0.00', status: 'Paid' },
    { credit: '25.00', total: '0.00', status: 'Paid' },
    { credit: '0.00', total: '35.00', status: 'Paid' },
  ]);
  expect(await moneyChanges(database, { client: 18, what: 'credit_log' })).toMatchObject([
    { after: '10.00' },
    { after: '-10.00' },
    { after: '25.00' },
    { after: '-25.00' },
  ]);
  expect(await balanceOf(18)).toBe('0.00');
});

test('a checkout uses credit when the client chose so, and not when the client chose otherwise', async () => {
  const ben = await visitAsClient(whmcs, 'ben@example.com');
  const order = async (applycredit: string) => {
    await forgetLogs(database);
    await ben.get('cart.php?a=checkout&pid=2&billingcycle=Monthly');
    await ben.post('cart.php?a=checkout', {
      pid: '2',
      billingcycle: 'Monthly',
      paymentmethod: 'standincard',
      applycredit,
      ccnumber: '4242424242424242',
      cccvv: '987',
      password: 'client',
    });
  };
  await order('0');
  expect(await moneyChanges(database, { client: 2, what: 'balance' })).toEqual([]);
  await order('1');
  expect(await moneyChanges(database, { client: 2, what: 'balance' })).toMatchObject([
    { before: '50.00', after: '25.00' },
  ]);
  expect(await firedHooks(database, INVOICE_HOOKS)).toEqual([
    'ShoppingCartValidateCheckout',
    'PreShoppingCartCheckout',
    'InvoiceCreation',
    'InvoiceCreationPreEmail',
    'EmailPreSend',
    'InvoicePaidPreEmail',
    'EmailPreSend',
    'InvoicePaid',
    'InvoiceCreated',
    'AfterShoppingCartCheckout',
  ]);
});

test('the client applies credit to an invoice; more than there is is refused', async () => {
  const nina = await visitAsClient(whmcs, 'nina@example.com');
  await nina.get('viewinvoice.php?id=910');
  const form = { applycredit: 'true', creditamount: '3.01' };
  expect((await nina.post('viewinvoice.php?id=910', form)).body).toContain('cannot apply');
  await nina.post('viewinvoice.php?id=910', { ...form, creditamount: '3.00' });
  expect(await moneyChanges(database, { client: 14 })).toMatchObject([
    { what: 'balance', before: '3.00', after: '0.00' },
    { what: 'credit_log', after: '-3.00' },
    { what: 'invoice_credit', after: '3.00' },
    { what: 'invoice_total', before: '10.00', after: '7.00' },
  ]);
});

test('a user without the invoices permission sees no billing pages, nobody sees another client’s invoice', async () => {
  const technician = await visitAsClient(whmcs, 'tim@example.com');
  expect((await technician.get('clientarea.php?action=addfunds')).body).toContain('no permission');
  const bookkeeper = await visitAsClient(whmcs, 'bea@example.com');
  expect((await bookkeeper.get('clientarea.php?action=addfunds')).body).toContain(
    'Minimum Deposit',
  );
  expect((await bookkeeper.get('viewinvoice.php?id=911')).status).toBe(404);
});

test('posts without a token stop', async () => {
  const ben = await visitAsClient(whmcs, 'ben@example.com');
  const admin = await visitAsAdmin(whmcs, 'admin');
  const posts = [
    await ben.post('clientarea.php?action=addfunds', { token: 'x', amount: '20.00' }),
    await admin.post('admin/clientscredits.php?userid=2', {
      token: 'x',
      amount: '20.00',
      type: 'add',
    }),
    await admin.post('admin/configaddonmods.php', {
      token: 'x',
      module: 'creditbridge',
      do: 'activate',
    }),
  ];
  for (const page of posts) {
    expect(page.status).toBe(400);
    expect(page.body).toContain('Invalid Token');
  }
  expect(await moneyChanges(database)).toEqual([]);
});

test('staff manage credits without a hook, and only with the permission', async () => {
  const admin = await visitAsAdmin(whmcs, 'second');
  await admin.get('admin/clientscredits.php?userid=6');
  await admin.post('admin/clientscredits.php?userid=6', {
    type: 'add',
    description: 'Gift',
    amount: '2.00',
  });
  await admin.post('admin/clientscredits.php?userid=6', {
    type: 'remove',
    description: 'Oops',
    amount: '7.00',
  });
  expect(
    await database.query(
      'SELECT admin_id, description, amount FROM tblcredit WHERE clientid = 6 AND id > 16',
    ),
  ).toEqual([
    { admin_id: 2, description: 'Gift', amount: '2.00' },
    { admin_id: 2, description: 'Oops', amount: '-7.00' },
  ]);
  expect(await firedHooks(database)).toEqual([]);
  const limited = await visitAsAdmin(whmcs, 'limited');
  expect((await limited.get('admin/clientscredits.php?userid=6')).body).toContain('no permission');
});

test('staff mark an invoice Unpaid and Paid again: hooks fire each time', async () => {
  const admin = await visitAsAdmin(whmcs, 'admin');
  await admin.get('admin/invoices.php?action=edit&id=906');
  for (const act of ['markunpaid', 'markpaid']) {
    await admin.post('admin/invoices.php?action=edit&id=906', { do: act });
  }
  expect(await firedHooks(database, /^Invoice(Unp|P)aid$/)).toEqual([
    'InvoiceUnpaid',
    'InvoicePaid',
  ]);
  await admin.post('admin/invoices.php?action=edit&id=921', { do: 'cancel' });
  expect(await firedHooks(database, /^InvoiceCancelled$/)).toEqual(['InvoiceCancelled']);
});

test('names that try HTML and SQL appear as text, and every page says that it is a stand-in', async () => {
  const admin = await visitAsAdmin(whmcs, 'admin');
  const pages = [
    await admin.get('admin/clients.php'),
    await admin.get('admin/clientssummary.php?userid=6'),
    await admin.get('admin/invoices.php'),
    await admin.get('admin/systememaillog.php'),
    await (await visitAsClient(whmcs, 'html@example.com')).get('clientarea.php'),
  ];
  for (const { body } of pages) {
    expect(body).not.toMatch(/<script>alert|<img src=x|<svg onload/);
    expect(body).toContain('stand-in');
  }
});

test('the daily cron: invoices, late fees, captures, reminders, suspensions, cancellations, then its hooks; once a day', async () => {
  await whmcs.setClock(`${whmcsDay(1)} 08:00`);
  await whmcs.runCron();
  expect(await firedHooks(database)).toEqual(['AfterCronJob']);

  await forgetLogs(database);
  await whmcs.setClock(`${whmcsDay(1)} 09:01`);
  expect(await whmcs.runCron()).toMatchObject({ code: 0 });
  const hooks = await firedHooks(
    database,
    /Cron|Automation|GenerateInvoiceItems|PreInvoiceAutomatic/,
  );
  const task = ['PreAutomationTask', 'PostAutomationTask'] as const;
  expect(hooks).toEqual([
    'PreCronJob',
    task[0],
    'PreInvoicingGenerateInvoiceItems',
    'AfterInvoicingGenerateInvoiceItems',
    task[1],
    ...task,
    ...task,
    ...task,
    ...task,
    task[0],
    'PreInvoiceAutomaticCancellation',
    task[1],
    'DailyCronJobPreEmail',
    'DailyCronJob',
    'AfterCronJob',
  ]);
  const events = await database.query<{ event: string; client_id: number }>(
    "SELECT event, client_id FROM standin_event_log WHERE event NOT IN ('hook') ORDER BY id",
  );
  const order = events.map(({ event }) => event);
  expect(order.indexOf('capture')).toBeLessThan(order.indexOf('reminder'));
  expect(order.indexOf('reminder')).toBeLessThan(order.indexOf('suspend'));
  expect(order.indexOf('suspend')).toBeLessThan(order.indexOf('cancel'));
  expect(events).toContainEqual({ event: 'suspend', client_id: 14 });

  await forgetLogs(database);
  await whmcs.runCron();
  expect(await firedHooks(database)).toEqual(['AfterCronJob']);
  await whmcs.setClock('now');
});

test('automatic credit use pays what generation creates, unless it is off', async () => {
  await database.root.query('UPDATE tblhosting SET nextinvoicedate = ? WHERE id IN (6, 7)', [
    whmcsDay(5),
  ]);
  await whmcs.api('AddCredit', { clientid: '6', description: 'x', amount: '6.00' });
  await whmcs.localApi('SetConfigurationValue', { setting: 'NoAutoApplyCredit', value: 'on' });
  await whmcs.api('GenInvoices', { clientid: '7' });
  await whmcs.localApi('SetConfigurationValue', { setting: 'NoAutoApplyCredit', value: '' });
  await whmcs.api('GenInvoices', { clientid: '6' });
  expect(await moneyChanges(database, { client: 7, what: 'invoice_credit' })).toMatchObject([
    { before: null },
  ]);
  expect(await moneyChanges(database, { client: 6, what: 'invoice_credit' })).toMatchObject([
    { before: null, after: '0.00' },
    { before: '0.00', after: '6.00' },
  ]);
});

test('pages and the API run under PHP-FPM too, without a notice', async () => {
  const fpm = await startFpm();
  try {
    const page = await fpm.request({ script: join(whmcs.root, 'clientarea.php') });
    expect(page.status).toBe(200);
    expect(page.body).toContain('Email Address');
    const form = {
      identifier: 'standin-identifier',
      secret: 'standin-secret',
      action: 'GetCredits',
      clientid: '2',
    };
    const script = join(whmcs.root, 'includes/api.php');
    const answer = await fpm.request({ script, body: new URLSearchParams(form).toString() });
    expect(JSON.parse(answer.body)).toMatchObject({ result: 'success', clientid: 2 });
    expect(fpm.log()).not.toMatch(/PHP (Notice|Warning|Deprecated|Fatal)/);
  } finally {
    await fpm.stop();
  }
});

test('the triggers note every change, whoever makes it, and nothing that is rolled back', async () => {
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await connection.query('UPDATE tblclients SET credit = credit + 1 WHERE id = 20');
  await connection.query('UPDATE tblclients SET notes = "no money" WHERE id = 20');
  await connection.query(
    "UPDATE tblinvoices SET credit = 1, total = 2.33, status = 'Paid' WHERE id = 922",
  );
  await connection.query('UPDATE tblcredit SET amount = 44 WHERE id = 13');
  await connection.query('DELETE FROM tblcredit WHERE id = 14');
  await connection.query("UPDATE tblaccounts SET amountin = 11 WHERE transid = 'SEED918'");
  await connection.query("DELETE FROM tblaccounts WHERE transid = 'SEED918'");
  await connection.beginTransaction();
  await connection.query('UPDATE tblclients SET credit = 1000000 WHERE id = 20');
  await connection.rollback();
  connection.release();
  const changes = await moneyChanges(database);
  expect(changes.map(({ what, before, after }) => [what, before, after])).toEqual([
    ['balance', '25.00', '26.00'],
    ['invoice_credit', '0.00', '1.00'],
    ['invoice_total', '3.33', '2.33'],
    ['invoice_status', 'Payment Pending', 'Paid'],
    ['credit_log', '45.00', '44.00'],
    ['credit_log', '-20.00', null],
    ['payment', '10.00', '11.00'],
    ['payment', '11.00', null],
  ]);
});

type Client = Awaited<ReturnType<typeof visitAsClient>>;

async function pay(
  client: Client,
  invoiceId: number,
  outcome: string,
  amount?: string,
): Promise<void> {
  await client.get(`modules/gateways/standincard/pay.php?invoiceid=${invoiceId}`);
  await client.post('modules/gateways/standincard/pay.php', {
    invoiceid: String(invoiceId),
    outcome,
    ...(amount === undefined ? {} : { amount }),
  });
}

function idOf(path: string): number {
  return Number(/viewinvoice\.php\?id=(\d+)/.exec(path)?.[1] ?? Number.NaN);
}

async function line(invoiceId: number): Promise<unknown[]> {
  return database.query(
    'SELECT type, relid, amount FROM tblinvoiceitems WHERE invoiceid = ? ORDER BY id',
    [invoiceId],
  );
}

async function statusOf(invoiceId: number): Promise<unknown> {
  const [row] = await database.query('SELECT status FROM tblinvoices WHERE id = ?', [invoiceId]);
  return row?.['status'];
}

async function balanceOf(clientId: number): Promise<unknown> {
  const [row] = await database.query('SELECT credit FROM tblclients WHERE id = ?', [clientId]);
  return row?.['credit'];
}
