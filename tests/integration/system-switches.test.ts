import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// What is not known of WHMCS must not matter: the same story in every position of every switch that bears on it.

let installation: Installation;
let anna: Visitor;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: {
      atCreation: 'on',
      onDueDate: 'on',
      dueOffsetDays: '0',
      coverage: 'partial',
      mail: 'as-is',
    },
  });
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '10.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      description: 'Thank you',
    },
  });
  anna = await visitAsClient(installation.standIn, 'anna@example.com');
});

afterAll(() => installation?.stop());

const ANNA = 1;
const POSITIONS: readonly (readonly (readonly [string, string])[])[] = [
  [],
  [['invoice_status_before_mail', 'Draft']],
  [['totals_after_mail', 'overwritten']],
  [['hook_transaction', 'commit']],
  [['hook_exception', 'fatal']],
  [['deposit_credit_moment', 'before-preemail']],
  [['deposit_credit_moment', 'after-paid-hook']],
  [['apply_credit_hooks', 'paid-and-payment']],
  [['apply_credit_hooks', 'none']],
  [['statement_order', 'log-first']],
  [['balance_write', 'absolute']],
  [['api_transaction', 'wrapped']],
  [['api_connection', 'separate']],
  [['texts', 'german']],
  [['credit_relid', 'invoice']],
];
const DEFAULTS: Readonly<Record<string, string>> = {
  invoice_status_before_mail: 'Unpaid',
  totals_after_mail: 'kept',
  hook_transaction: 'none',
  hook_exception: 'logged',
  deposit_credit_moment: 'between',
  apply_credit_hooks: 'paid',
  statement_order: 'balance-first',
  balance_write: 'relative',
  api_transaction: 'none',
  api_connection: 'shared',
  texts: 'english',
  credit_relid: 'zero',
};

afterEach(() => expectNoPhpFaults(installation.database));

describe.each(
  POSITIONS.map(
    (position) =>
      [
        position.map((one) => one.join(' ')).join(', ') || 'every switch as usual',
        position,
      ] as const,
  ),
)('WHMCS with %s', (_, position) => {
  afterEach(async () => {
    for (const [name] of position) {
      await installation.standIn.setSwitch(name, DEFAULTS[name] ?? '');
    }
  });

  test(
    'a deposit earns one bonus, and credit is put on invoices to the cent and no further',
    shows(['auto-apply', 'deposit-bonus'], ['client-form', 'api', 'on', 'competing'], ['8.x']),
    async () => {
      for (const [name, value] of position) await installation.standIn.setSwitch(name, value);
      await depositAndUse();
    },
  );
});

test('the rest of an invoice that got some credit is paid, when it is due, with credit that came later', async () => {
  await expectRestPaid(2);
});

// The last ones: WHMCS has no way back from 9 to 8.
describe('after an upgrade to 9.x', () => {
  beforeAll(() => installation.standIn.setSwitch('ledger', '9.x'));

  test('a deposit keeps its bonus until the rights are given, without a restart', async () => {
    await takeAllCredit();
    await deposit('70.00');
    await installation.work();
    expect(await creditLog()).toEqual(['70.00']);

    await grantAgain(installation.database);
    await installation.database.query(
      'UPDATE mod_creditbridge_spool SET next_attempt_at = created_at',
    );
    await installation.work();
    expect(await creditLog()).toEqual(['70.00', '7.00']);
  });

  test.each(['stays', 'moves'])(
    'a deposit earns one bonus, and credit is used to the cent; tblinvoices.credit %s',
    shows(['auto-apply', 'deposit-bonus'], ['client-form', 'api', 'on', 'competing'], ['9.x']),
    async (column) => {
      await installation.standIn.setSwitch('ledger_9_credit_column', column);
      await takeAllCredit();
      await depositAndUse();
    },
  );

  test(
    'a deposit that an admin marks Paid brought no money and earns no bonus',
    shows('deposit-bonus', ['admin'], ['9.x']),
    async () => {
      await takeAllCredit();
      const id = await askForDeposit('60.00');
      const admin = await visitAsAdmin(installation.standIn, 'admin');
      const page = `admin/invoices.php?action=edit&id=${id}`;
      await admin.get(page);
      await admin.post(page, { do: 'markpaid' });
      await installation.work();
      expect(await invoice(id)).toMatchObject({ status: 'Paid' });
      expect(await creditLog()).toEqual(['60.00']);
    },
  );

  test('the rest of an invoice that got some credit is paid, when it is due, with credit that came later', async () => {
    await expectRestPaid(3);
  });
});

async function depositAndUse(): Promise<void> {
  await selfTest();
  await forgetLogs(installation.database);
  await deposit('50.00');
  await installation.work();
  expect(await balance()).toBe('55.00');

  const covered = await createInvoice('30.00');
  await installation.work();
  expect(await invoice(covered)).toMatchObject({ status: 'Paid' });
  expect(await balance()).toBe('25.00');

  const partly = await createInvoice('40.00');
  await installation.work();
  expect(await invoice(partly)).toMatchObject({ status: 'Unpaid', balance: '15.00' });
  expect(await balance()).toBe('0.00');
  await installation.work();

  expect(await creditLog()).toEqual(['50.00', '5.00', '-30.00', '-25.00']);
  expect(
    await installation.database.query(
      "SELECT fact, state, reason FROM mod_creditbridge_commands WHERE state <> 'done'",
    ),
  ).toEqual([]);
  await installation.standIn.api('UpdateInvoice', {
    invoiceid: String(partly),
    status: 'Cancelled',
  });
}

async function expectRestPaid(days: number): Promise<void> {
  const id = await payTheRest(days);
  expect(await invoice(id)).toMatchObject({ status: 'Paid', balance: '0.00' });
  expect(await creditLog()).toEqual(['25.00', '-25.00', '100.00', '-15.00']);
}

async function takeAllCredit(): Promise<void> {
  const left = await balance();
  if (left !== '0.00') {
    await installation.standIn.api('AddCredit', {
      clientid: String(ANNA),
      description: 'By an admin',
      amount: left ?? '',
      type: 'remove',
    });
  }
  await forgetLogs(installation.database);
}

/** Days are counted from here, although midnight may pass. */
const BEGAN = new Date();

/**
 * A run belongs to one date, so each test has a date of its own. It is at least two days ahead: near midnight, tomorrow is
 * within what the clocks may differ, and then the database's date counts.
 */
async function payTheRest(days: number): Promise<number> {
  const CREDIT = { clientid: String(ANNA), description: 'By an admin' };
  const left = await balance();
  await installation.standIn.api('AddCredit', { ...CREDIT, amount: left ?? '', type: 'remove' });
  await forgetLogs(installation.database);
  await installation.standIn.api('AddCredit', { ...CREDIT, amount: '25.00', type: 'add' });
  const id = await createInvoice('40.00', inDays(1));
  await installation.work();
  expect(await invoice(id)).toMatchObject({ status: 'Unpaid', balance: '15.00' });
  await installation.standIn.api('AddCredit', { ...CREDIT, amount: '100.00', type: 'add' });
  await moveToDay(installation.standIn, `${inDays(days)} 10:00`);
  await installation.service.cli('run', 'daily');
  await installation.standIn.setClock('now');
  await installation.work();
  return id;
}

async function creditLog(): Promise<readonly (string | null)[]> {
  const log = await moneyChanges(installation.database, { client: ANNA, what: 'credit_log' });
  return log.map(({ after }) => after);
}

function inDays(days: number): string {
  return whmcsDay(days, BEGAN);
}

/** What an admin does after WHMCS was upgraded: it measures whether localAPI writes on the connection that modules get. */
async function selfTest(): Promise<void> {
  const page = await postAct(
    await visitAsAdmin(installation.standIn, 'admin'),
    'connection',
    'self-test',
  );
  expect(page.body).toContain('The acting admin may act.');
}

/** The id of the deposit's invoice. */
async function askForDeposit(amount: string): Promise<number> {
  await anna.get('clientarea.php?action=addfunds');
  const page = await anna.post('clientarea.php?action=addfunds', {
    amount,
    paymentmethod: 'standincard',
  });
  return Number(/id=(\d+)/.exec(page.path)?.[1]);
}

async function deposit(amount: string): Promise<void> {
  const invoiceid = String(await askForDeposit(amount));
  await anna.get(`modules/gateways/standincard/pay.php?invoiceid=${invoiceid}`);
  await anna.post('modules/gateways/standincard/pay.php', { invoiceid, amount, outcome: 'pay' });
}

async function createInvoice(amount: string, duedate = '2030-01-01'): Promise<number> {
  const answer = await installation.standIn.api('CreateInvoice', {
    userid: String(ANNA),
    status: 'Unpaid',
    duedate,
    itemdescription1: 'Consulting',
    itemamount1: amount,
  });
  return Number(answer['invoiceid']);
}

async function invoice(id: number) {
  return installation.standIn.api('GetInvoice', { invoiceid: String(id) });
}

async function balance(): Promise<string | undefined> {
  const [row] = await installation.database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [ANNA],
  );
  return row?.credit;
}
