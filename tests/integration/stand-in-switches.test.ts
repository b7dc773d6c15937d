import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdInHook } from '../support/hold-in-hook.ts';
import { firedHooks, forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { walkStandIn } from '../support/walk-stand-in.ts';

// Both positions of the switches: what WHMCS is not known to do one way or the other (whmcs.md §8).

const { database, whmcs } = await walkStandIn();
const hookFiles: string[] = [];
/** Names are never used twice: PHP's cache of compiled files sees only whole seconds. */
let hookFileNumber = 0;

beforeEach(async () => {
  await database.root.query('DELETE FROM standin_settings');
  await database.root.query('UPDATE tblclients SET credit = 100 WHERE id = 2');
  await forgetLogs(database);
});

afterEach(async () => {
  for (const file of hookFiles.splice(0)) await rm(file);
  const errors = await database.query('SELECT message, filename, line FROM tblerrorlog');
  await database.root.query('TRUNCATE tblerrorlog');
  expect(errors.filter(({ message }) => message !== 'thrown by the test')).toEqual([]);
});

/** An open invoice of client 2, who has 100.00 of credit. */
async function openInvoice(amount = '30.00', more: Record<string, string> = {}): Promise<string> {
  const invoice = { userid: '2', itemdescription1: 'Work', itemamount1: amount, ...more };
  const { invoiceid } = await whmcs.api('CreateInvoice', invoice);
  return String(invoiceid);
}

/** PHP that runs in every request of the stand-in, as an operator's file in includes/hooks. */
async function hookFile(php: string): Promise<void> {
  const file = join(whmcs.root, `includes/hooks/test-${++hookFileNumber}.php`);
  await writeFile(file, `<?php\n${php}\n`);
  hookFiles.push(file);
}

async function invoice(invoiceid: string) {
  return whmcs.api('GetInvoice', { invoiceid });
}

test('a switch or a position that does not exist is refused', async () => {
  await expect(whmcs.setSwitch('no_such_switch', 'on')).rejects.toThrow('There is no switch');
  await expect(whmcs.setSwitch('ledger', '10.x')).rejects.toThrow('knows 8.x, 9.x');
});

describe('creation of an invoice', () => {
  const applyBeforeMail = `add_hook('InvoiceCreationPreEmail', 1, function (array $vars): void {
      $answer = localAPI('ApplyCredit', ['invoiceid' => $vars['invoiceid'], 'amount' => '10.00'], 'admin');
      logActivity('early credit: ' . ($answer['message'] ?? $answer['result']));
  });`;

  async function earlyCredit(): Promise<string[]> {
    const rows = await database.query<{ description: string }>(
      "SELECT description FROM tblactivitylog WHERE description LIKE 'early credit%' ORDER BY id DESC LIMIT 1",
    );
    return rows.map(({ description }) => description);
  }

  test('Unpaid before the mail: credit can be applied, and the mail shows it', async () => {
    await hookFile(applyBeforeMail);
    const id = await openInvoice('30.00', { sendinvoice: '1' });
    expect(await earlyCredit()).toEqual(['early credit: success']);
    expect(await invoice(id)).toMatchObject({ credit: '10.00', total: '20.00', status: 'Unpaid' });
    const [mail] = await database.query('SELECT message FROM tblemails ORDER BY id DESC LIMIT 1');
    expect(mail?.['message']).toContain('Credit: $10.00 USD');
    expect(mail?.['message']).toContain('Amount Due: $20.00 USD');
  });

  test('Draft before the mail: ApplyCredit refuses', async () => {
    await hookFile(applyBeforeMail);
    await whmcs.setSwitch('invoice_status_before_mail', 'Draft');
    const id = await openInvoice();
    expect(await earlyCredit()).toEqual(['early credit: Invoice Not in Unpaid Status']);
    expect(await invoice(id)).toMatchObject({ credit: '0.00', status: 'Unpaid' });
  });

  test('totals overwritten after the mail: the credit is lost from the invoice', async () => {
    await hookFile(applyBeforeMail);
    await whmcs.setSwitch('totals_after_mail', 'overwritten');
    const id = await openInvoice();
    expect(await invoice(id)).toMatchObject({ credit: '0.00', total: '30.00', status: 'Unpaid' });
    expect(await moneyChanges(database, { client: 2, what: 'balance' })).toMatchObject([
      { after: '90.00' },
    ]);
  });

  test('lines changed in InvoiceCreation are in the totals', async () => {
    await hookFile(`add_hook('InvoiceCreation', 1, function (array $vars): void {
      WHMCS\\Database\\Capsule::table('tblinvoiceitems')->where('invoiceid', $vars['invoiceid'])->update(['amount' => '7.00']);
    });`);
    expect(await invoice(await openInvoice())).toMatchObject({ subtotal: '7.00', total: '7.00' });
  });

  test.each([
    ['before-creation-hook', 'Unpaid', '0.00'],
    ['before-mail', 'Unpaid', '30.00'],
    ['after-created-hook', 'Unpaid', '30.00'],
  ])('automatic credit %s', async (moment, _status, totalAtCreation) => {
    await hookFile(`add_hook('InvoiceCreation', 1, function (array $vars): void {
      logActivity('total: ' . WHMCS\\Database\\Capsule::table('tblinvoices')->where('id', $vars['invoiceid'])->value('total'));
    });
    add_hook('InvoiceCreated', 1, function (array $vars): void {
      logActivity('status: ' . $vars['status']);
    });`);
    await whmcs.setSwitch('auto_credit_moment', moment);
    const id = await openInvoice('30.00', { autoapplycredit: '1' });
    expect(await invoice(id)).toMatchObject({ status: 'Paid', credit: '30.00' });
    const seen = await database.query<{ description: string }>(
      "SELECT description FROM tblactivitylog WHERE description REGEXP '^(total|status):' ORDER BY id DESC LIMIT 2",
    );
    expect(seen.map(({ description }) => description)).toEqual([
      `status: ${moment === 'after-created-hook' ? 'Unpaid' : 'Paid'}`,
      `total: ${totalAtCreation}`,
    ]);
  });
});

describe('hooks inside a transaction', () => {
  test('that rolls back: nothing is left, of the page and of what the hook wrote', async () => {
    await hookFile(
      "add_hook('InvoiceCreated', 1, function (): void { logActivity('seen by the hook'); });",
    );
    await whmcs.setSwitch('hook_transaction', 'rollback');
    const ben = await visitAsClient(whmcs, 'ben@example.com');
    await ben.get('clientarea.php?action=addfunds');
    const page = await ben.post('clientarea.php?action=addfunds', { amount: '20.00' });
    expect(page.body).toContain('rolled its transaction back');
    expect(await firedHooks(database, /InvoiceCreated/)).toEqual(['InvoiceCreated']);
    expect(await moneyChanges(database)).toEqual([]);
    expect(
      await database.query("SELECT id FROM tblactivitylog WHERE description = 'seen by the hook'"),
    ).toEqual([]);
  });

  test('that commits later: others see the invoice only then', async () => {
    const hold = holdInHook('InvoiceCreated', whmcs.root);
    await hookFile(hold.php);
    await whmcs.setSwitch('hook_transaction', 'commit-later');
    await whmcs.setSwitch('commit_later_seconds', '1');
    const creating = openInvoice('12.34');
    await hold.reached();
    const find = () => database.query("SELECT id FROM tblinvoices WHERE subtotal = '12.34'");
    expect(await find()).toEqual([]);
    const releasedAt = performance.now();
    hold.release();
    await creating;
    expect(await find()).toHaveLength(1);
    expect(performance.now() - releasedAt).toBeGreaterThan(990);
  });

  test('localAPI of a module is not wrapped', async () => {
    await whmcs.setSwitch('hook_transaction', 'rollback');
    await whmcs.localApi('AddCredit', { clientid: 2, description: 'x', amount: '1.00' });
    expect(await moneyChanges(database, { client: 2, what: 'balance' })).toMatchObject([
      { after: '101.00' },
    ]);
  });
});

test('an exception in a callback is logged and the page goes on, or ends it', async () => {
  await hookFile(
    "add_hook('InvoiceCreated', 1, function (): void { throw new RuntimeException('thrown by the test'); });",
  );
  expect(await invoice(await openInvoice())).toMatchObject({ status: 'Unpaid' });
  await whmcs.setSwitch('hook_exception', 'fatal');
  await expect(openInvoice()).rejects.toThrow();
});

test.each([
  ['before-preemail', ['balance', 'InvoicePaidPreEmail', 'InvoicePaid']],
  ['between', ['InvoicePaidPreEmail', 'balance', 'InvoicePaid']],
  ['after-paid-hook', ['InvoicePaidPreEmail', 'InvoicePaid', 'balance']],
])('the credit of a deposit is booked %s', async (moment, order) => {
  await whmcs.setSwitch('deposit_credit_moment', moment);
  const ben = await visitAsClient(whmcs, 'ben@example.com');
  await ben.get('clientarea.php?action=addfunds');
  const page = await ben.post('clientarea.php?action=addfunds', { amount: '20.00' });
  const id = /id=(\d+)/.exec(page.path)?.[1] ?? '';
  await whmcs.api('AddInvoicePayment', {
    invoiceid: id,
    transid: `T${id}`,
    gateway: 'banktransfer',
  });
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM (
       SELECT at, detail AS name FROM standin_event_log WHERE detail IN ('InvoicePaidPreEmail', 'InvoicePaid')
       UNION ALL SELECT at, 'balance' FROM standin_money_log WHERE what = 'balance') AS both_logs ORDER BY at`,
  );
  expect(rows.map(({ name }) => name)).toEqual(order);
});

test.each([
  ['paid', ['InvoicePaid']],
  ['paid-and-payment', ['AddInvoicePayment', 'InvoicePaid']],
  ['none', []],
])('ApplyCredit fires: %s', async (position, hooks) => {
  await whmcs.setSwitch('apply_credit_hooks', position);
  const id = await openInvoice();
  await whmcs.api('ApplyCredit', { invoiceid: id, amount: '30.00' });
  expect(await firedHooks(database, /^(AddInvoicePayment|InvoicePaid)$/)).toEqual(hooks);
  expect(await invoice(id)).toMatchObject({ status: 'Paid' });
});

test.each([
  ['balance-first', ['balance', 'credit_log']],
  ['log-first', ['credit_log', 'balance']],
])('AddCredit writes %s', async (position, order) => {
  await whmcs.setSwitch('statement_order', position);
  await whmcs.api('AddCredit', { clientid: '2', description: 'x', amount: '1.00' });
  expect((await moneyChanges(database, { client: 2 })).map(({ what }) => what)).toEqual(order);
});

test('a balance written back absolutely loses an update, a relative one does not', async () => {
  const addAtOnce = async () => {
    const before = await balance();
    // Nobody writes before everybody has read.
    const lock = await database.root.getConnection();
    let adding: Promise<unknown>[] = [];
    try {
      await lock.query('BEGIN');
      await lock.query('SELECT credit FROM tblclients WHERE id = 2 FOR UPDATE');
      // Processes of their own: a worker of PHP's server may take two requests and work on one.
      adding = Array.from({ length: 3 }, () =>
        whmcs.localApi('AddCredit', { clientid: 2, description: 'race', amount: '1.00' }),
      );
      await expect.poll(writersWaiting, { timeout: 40_000 }).toHaveLength(3);
    } finally {
      await lock.query('COMMIT');
      lock.release();
      await Promise.allSettled(adding);
    }
    return (await balance()) - before;
  };
  expect(await addAtOnce()).toBe(3);
  await whmcs.setSwitch('balance_write', 'absolute');
  expect(await addAtOnce()).toBe(1);
});

async function writersWaiting() {
  return database.query(
    `SELECT info FROM information_schema.processlist
     WHERE user = ? AND info LIKE 'update %tblclients%'`,
    [database.owner.user],
  );
}

async function balance(): Promise<number> {
  const [row] = await database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = 2',
  );
  return Number(row?.credit);
}

describe('death between two statements', () => {
  test.each([
    ['AddCredit:1', ['balance']],
    ['AddCredit:2', ['balance', 'credit_log']],
  ])('%s leaves what was written before, once', async (fault, left) => {
    await whmcs.setSwitch('die_after_statement', fault);
    const add = { clientid: '2', description: 'x', amount: '1.00' };
    await expect(whmcs.api('AddCredit', add)).rejects.toThrow();
    expect((await moneyChanges(database, { client: 2 })).map(({ what }) => what)).toEqual(left);
    // When it hit the server itself, that is started again.
    await expect
      .poll(() => whmcs.api('AddCredit', add).catch(() => undefined), { timeout: 60_000 })
      .toMatchObject({ result: 'success' });
  });

  test.each([
    ['ApplyCredit:1', ['balance']],
    ['ApplyCredit:2', ['balance', 'credit_log']],
    ['ApplyCredit:3', ['balance', 'credit_log', 'invoice_credit', 'invoice_total']],
    [
      'ApplyCredit:5',
      ['balance', 'credit_log', 'invoice_credit', 'invoice_total', 'invoice_status'],
    ],
  ])('%s in a process of its own', async (fault, left) => {
    const id = await openInvoice();
    await forgetLogs(database);
    await whmcs.setSwitch('die_after_statement', fault);
    await expect(whmcs.localApi('ApplyCredit', { invoiceid: id, amount: '30.00' })).rejects.toThrow(
      'failed',
    );
    expect((await moneyChanges(database)).map(({ what }) => what)).toEqual(left);
  });

  test('wrapped in a transaction nothing is left, whichever way the process ends', async () => {
    await whmcs.setSwitch('api_transaction', 'wrapped');
    for (const mode of ['kill', 'exit']) {
      await whmcs.setSwitch('die_mode', mode);
      await whmcs.setSwitch('die_after_statement', 'AddCredit:2');
      const add = { clientid: 2, description: 'x', amount: '1.00' };
      await expect(whmcs.localApi('AddCredit', add)).rejects.toThrow('failed');
    }
    expect(await moneyChanges(database, { client: 2 })).toEqual([]);
  });
});

test('a module’s transaction takes localAPI back on the shared connection, not on a separate one', async () => {
  await writeFile(
    join(whmcs.root, 'crons/probe.php'),
    `<?php require dirname(__DIR__) . '/init.php';
    WHMCS\\Database\\Capsule::connection()->beginTransaction();
    localAPI('AddCredit', ['clientid' => 2, 'description' => 'probe', 'amount' => '1.00']);
    WHMCS\\Database\\Capsule::connection()->rollBack();`,
  );
  await whmcs.php('crons/probe.php');
  expect(await moneyChanges(database, { client: 2 })).toEqual([]);
  await whmcs.setSwitch('api_connection', 'separate');
  await whmcs.php('crons/probe.php');
  expect(await moneyChanges(database, { client: 2, what: 'balance' })).toHaveLength(1);
  await rm(join(whmcs.root, 'crons/probe.php'));
});

test('removing more than there is goes below zero, or is refused', async () => {
  const remove = { clientid: '9', description: 'x', amount: '1.00', type: 'remove' };
  expect(await whmcs.api('AddCredit', remove)).toMatchObject({ newbalance: '-1.00' });
  await whmcs.setSwitch('add_credit_below_zero', 'refused');
  expect(await whmcs.api('AddCredit', remove)).toMatchObject({ result: 'error' });
});

test('a negative ApplyCredit gives credit back, or is refused', async () => {
  const invoiceid = await openInvoice();
  await whmcs.api('ApplyCredit', { invoiceid, amount: '10.00' });
  await whmcs.setSwitch('negative_apply_credit', 'refused');
  expect(await whmcs.api('ApplyCredit', { invoiceid, amount: '-4.00' })).toMatchObject({
    result: 'error',
  });
  await whmcs.setSwitch('negative_apply_credit', 'accepted');
  await whmcs.api('ApplyCredit', { invoiceid, amount: '-4.00' });
  expect(await invoice(invoiceid)).toMatchObject({ credit: '6.00', total: '24.00' });
  expect(await balance()).toBe(94);
});

test('credit on a deposit’s invoice is accepted, or refused', async () => {
  await whmcs.setSwitch('credit_on_deposit_invoices', 'refused');
  await database.root.query('UPDATE tblclients SET credit = 100 WHERE id = 18');
  expect(await whmcs.api('ApplyCredit', { invoiceid: '915', amount: '5.00' })).toMatchObject({
    result: 'error',
  });
  await whmcs.setSwitch('credit_on_deposit_invoices', 'allowed');
  expect(await whmcs.api('ApplyCredit', { invoiceid: '915', amount: '5.00' })).toMatchObject({
    result: 'success',
  });
});

test('CreateInvoice obeys its parameter alone, or the global setting too', async () => {
  expect(await invoice(await openInvoice())).toMatchObject({ credit: '0.00' });
  await whmcs.setSwitch('create_invoice_auto_credit', 'setting');
  expect(await invoice(await openInvoice())).toMatchObject({ credit: '30.00', status: 'Paid' });
});

test('UpdateInvoice cancels silently, or fires InvoiceCancelled: before the status is saved or after', async () => {
  const cancel = async () =>
    whmcs.api('UpdateInvoice', { invoiceid: await openInvoice(), status: 'Cancelled' });
  await cancel();
  expect(await firedHooks(database, /^InvoiceCancelled$/)).toEqual([]);
  await whmcs.setSwitch('update_invoice_cancel_hook', 'fires');
  await hookFile(`add_hook('InvoiceCancelled', 1, function (array $vars): void {
      logActivity('cancelled while ' . localAPI('GetInvoice', $vars, 'admin')['status']);
  });`);
  await cancel();
  await whmcs.setSwitch('cancel_hook_sees', 'old-status');
  await cancel();
  expect(
    await database.query(
      "SELECT description FROM tblactivitylog WHERE description LIKE 'cancelled while%' ORDER BY id",
    ),
  ).toEqual([
    { description: 'cancelled while Cancelled' },
    { description: 'cancelled while Unpaid' },
  ]);
});

test('descriptions are localised, relid names the invoice: where the switches say so', async () => {
  await whmcs.setSwitch('texts', 'german');
  await whmcs.setSwitch('credit_relid', 'invoice');
  const invoiceid = await openInvoice();
  await whmcs.api('ApplyCredit', { invoiceid, amount: '1.00' });
  expect(
    await database.query('SELECT description, relid FROM tblcredit ORDER BY id DESC LIMIT 1'),
  ).toEqual([
    { description: `Guthaben verrechnet mit Rechnung #${invoiceid}`, relid: Number(invoiceid) },
  ]);
});

test('a mass payment leaves a pair of rows, or none', async () => {
  await whmcs.setSwitch('mass_payment_transit', 'silent');
  const rosa = await visitAsClient(whmcs, 'rosa@example.com');
  await rosa.get('clientarea.php?action=masspay');
  const page = await rosa.post('clientarea.php?action=masspay', { 'invoiceids[]': ['914'] });
  const id = /id=(\d+)/.exec(page.path)?.[1] ?? '';
  await whmcs.api('AddInvoicePayment', { invoiceid: id, transid: 'MASS', gateway: 'banktransfer' });
  expect(await invoice('914')).toMatchObject({ status: 'Paid', credit: '25.00' });
  expect(await moneyChanges(database, { client: 18, what: 'credit_log' })).toEqual([]);
});

test('a repeated callback is booked twice where the gateway does not look at the transaction id', async () => {
  await whmcs.setSwitch('gateway_checks_transid', 'no');
  const ben = await visitAsClient(whmcs, 'ben@example.com');
  const id = await openInvoice('10.00');
  await ben.get(`modules/gateways/standincard/pay.php?invoiceid=${id}`);
  await ben.post('modules/gateways/standincard/pay.php', { invoiceid: id, outcome: 'repeat' });
  expect(await moneyChanges(database, { client: 2, what: 'payment' })).toHaveLength(2);
  expect(await balance()).toBe(110);
});

test('the deposit limits are in the default currency, or in the client’s', async () => {
  const clara = await visitAsClient(whmcs, 'clara@example.com');
  expect((await clara.get('clientarea.php?action=addfunds')).body).toContain('9,20 €');
  await whmcs.setSwitch('deposit_limit_currency', 'client');
  expect((await clara.get('clientarea.php?action=addfunds')).body).toContain('10,00 €');
});

test('cards are captured after invoices are made, or first', async () => {
  const tasks = async () => {
    await forgetLogs(database);
    await whmcs.runCron({ force: true });
    const rows = await database.query<{ what: string }>(
      "SELECT IF(event = 'hook', detail, event) AS what FROM standin_event_log WHERE event = 'capture' OR detail = 'PreInvoicingGenerateInvoiceItems' ORDER BY id",
    );
    return rows.map(({ what }) => what);
  };
  expect((await tasks())[0]).toBe('PreInvoicingGenerateInvoiceItems');
  await whmcs.setSwitch('daily_task_order', 'captures-first');
  expect((await tasks())[0]).toBe('capture');
});

test('what module code asks of the database is counted, raw statements included', async () => {
  await whmcs.setSwitch('log_statements', 'yes');
  await hookFile(`add_hook('InvoiceCreated', 1, function (): void {
      WHMCS\\Database\\Capsule::table('tblclients')->count();
      WHMCS\\Database\\Capsule::connection()->getPdo()->query('SELECT 1')->fetchAll();
  });`);
  await openInvoice();
  const lines = (await readFile(join(whmcs.logs, 'statements.jsonl'), 'utf8')).trim().split('\n');
  const entries = lines.map(
    (line) => JSON.parse(line) as { label: string; statements: number; sql: string[] },
  );
  const entry = entries.find(({ label }) => label === 'InvoiceCreated');
  expect(entry?.sql).toEqual(['select count(*) as aggregate from `tblclients`']);
  expect(entry?.statements).toBe(2);
});

test('modules live at the moved clock’s date, while signatures keep real time', async () => {
  await writeFile(
    join(whmcs.root, 'crons/probe.php'),
    `<?php
    namespace WHMCS\\Module\\Addon\\Creditbridge { require dirname(__DIR__) . '/init.php'; echo date('Y-m-d'), ' ', abs(time() - $_SERVER['REQUEST_TIME']) < 5 ? 'real' : 'moved'; }`,
  );
  await whmcs.setClock('2031-05-06 10:00');
  expect((await whmcs.php('crons/probe.php')).stdout).toBe('2031-05-06 real');
  await whmcs.setClock('now');
  await rm(join(whmcs.root, 'crons/probe.php'));
});

test('admin settings and switches are set by clicking', async () => {
  const admin = await visitAsAdmin(whmcs, 'admin');
  await admin.get('admin/standin.php?page=switches');
  await admin.post('admin/standin.php?page=switches', {
    do: 'switch',
    name: 'texts',
    value: 'german',
  });
  expect(await database.query("SELECT value FROM standin_settings WHERE name = 'texts'")).toEqual([
    { value: 'german' },
  ]);
  await admin.post('admin/configgeneral.php', {
    AddFundsMinimum: '11.00',
    AddFundsEnabled: 'on',
    AutomaticCreditUse: 'on',
  });
  expect(
    await database.query(
      "SELECT setting, value FROM tblconfiguration WHERE setting IN ('AddFundsMinimum', 'NoAutoApplyCredit', 'AddFundsRequireOrder') ORDER BY setting",
    ),
  ).toEqual([
    { setting: 'AddFundsMinimum', value: '11.00' },
    { setting: 'AddFundsRequireOrder', value: '' },
    { setting: 'NoAutoApplyCredit', value: '' },
  ]);
});
