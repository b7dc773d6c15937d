import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { explainedSince, giveBonus, grantsOf, lastSequence } from '../support/explained-log.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { runCommand } from '../support/run-command.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addNote } from '../support/whmcs-rows.ts';

// Real flows of clients and staff in the stand-in, and what the tail makes of the rows they leave. In the position without
// texts every description is reduced to its numbers before the tail sees it: evidence must do alone.

interface Position {
  readonly texts: 'english' | 'german' | 'none';
  readonly mass_payment_transit: 'logged' | 'silent';
  readonly credit_relid: 'zero' | 'invoice';
}

const POSITIONS: readonly Position[] = [
  { texts: 'english', mass_payment_transit: 'logged', credit_relid: 'zero' },
  { texts: 'german', mass_payment_transit: 'logged', credit_relid: 'invoice' },
  { texts: 'german', mass_payment_transit: 'silent', credit_relid: 'zero' },
  { texts: 'english', mass_payment_transit: 'silent', credit_relid: 'invoice' },
  { texts: 'none', mass_payment_transit: 'logged', credit_relid: 'zero' },
];

const ANNA = 1;
const BEN = 2;
const ELLA = 5;
const KURT = 11;
const OTTO = 15;
const ROSA = 18;

describe.each(POSITIONS)('with %o', (position) => {
  let database: ServiceDatabase;
  let standIn: StandIn;
  let follower: OpenFollower;
  let admin: Visitor;
  let before: bigint;
  const isLogged = position.mass_payment_transit === 'logged';
  const hasTexts = position.texts !== 'none';

  beforeAll(async () => {
    database = await createServiceDatabase(testDatabaseServer());
    const { host, port } = testDatabaseServer();
    standIn = await startStandIn({
      database: { host, port, ...database.owner, name: database.name },
    });
    await standIn.setSwitch('mass_payment_transit', position.mass_payment_transit);
    await standIn.setSwitch('credit_relid', position.credit_relid);
    await standIn.setSwitch('texts', hasTexts ? position.texts : 'english');
    await standIn.setClock('2026-12-01 10:00');
    admin = await visitAsAdmin(standIn, 'admin');
    follower = openFollower(database);
    expect(await follower.round()).toBe('followed');
  });

  beforeEach(async () => {
    before = await lastSequence(database);
  });

  afterEach(async () => {
    expect(await database.query('SELECT message, filename, line FROM tblerrorlog')).toEqual([]);
    await expectCoherentLedger(database);
  });

  afterAll(async () => {
    await follower?.close();
    await standIn?.stop();
    await database?.drop();
  });

  /** What the tail made of a client's rows since the test began. */
  async function explained(client: number): Promise<readonly string[]> {
    if (!hasTexts) {
      await database.root.query(
        "UPDATE tblcredit SET description = REGEXP_REPLACE(description, '[^0-9]+', ' ') WHERE description NOT LIKE '%[cb:%' AND id > (SELECT COALESCE(MAX(log_id), 0) FROM mod_creditbridge_entries)",
      );
    }
    await follower.round();
    return explainedSince(database, client, before);
  }

  async function makeInvoice(client: number, amount: string): Promise<number> {
    const made = await standIn.api('CreateInvoice', {
      userid: String(client),
      itemdescription1: 'Work',
      itemamount1: amount,
    });
    return Number(made['invoiceid']);
  }

  async function deposit(client: Visitor, amount: string): Promise<number> {
    await client.get('clientarea.php?action=addfunds');
    const form = { amount, paymentmethod: 'standincard' };
    const page = await client.post('clientarea.php?action=addfunds', form);
    return Number(/viewinvoice\.php\?id=(\d+)/.exec(page.path)?.[1]);
  }

  async function massPay(client: Visitor, ids: readonly number[]): Promise<number> {
    await client.get('clientarea.php?action=masspay');
    const form = { 'invoiceids[]': ids.map(String), paymentmethod: 'standincard' };
    const page = await client.post('clientarea.php?action=masspay', form);
    return Number(/viewinvoice\.php\?id=(\d+)/.exec(page.path)?.[1]);
  }

  async function payByCard(client: Visitor, invoice: number, amount?: string): Promise<void> {
    const form = { invoiceid: String(invoice), outcome: 'pay', ...(amount && { amount }) };
    await client.get(`modules/gateways/standincard/pay.php?invoiceid=${invoice}`);
    await client.post('modules/gateways/standincard/pay.php', form);
  }

  async function refundToCredit(invoice: number, amount: string): Promise<void> {
    const [payment] = await database.query<{ id: number }>(
      'SELECT id FROM tblaccounts WHERE invoiceid = ? AND amountin > 0 ORDER BY id LIMIT 1',
      [invoice],
    );
    const form = { do: 'refund', payment: String(payment?.id), amount, refundtype: 'credit' };
    await admin.get(`admin/invoices.php?action=edit&id=${invoice}`);
    await admin.post(`admin/invoices.php?action=edit&id=${invoice}`, form);
  }

  const applyCredit = (invoice: number, amount: string) =>
    standIn.api('ApplyCredit', { invoiceid: String(invoice), amount, noemail: 'true' });

  test('a deposit paid by card is paid credit; what of it is put on an invoice and taken off comes back as that', async () => {
    const anna = await visitAsClient(standIn, 'anna@example.com');
    const funds = await deposit(anna, '50.00');
    await payByCard(anna, funds);
    const invoice = await makeInvoice(ANNA, '30.00');
    await applyCredit(invoice, '20.00');
    await applyCredit(invoice, '-5.00');
    expect(await explained(ANNA)).toEqual([
      `50.00 deposit payment #${funds}: grant:paid:refundable`,
      // Seen together: the invoice carries 15.00 by now.
      `-20.00 invoice invoice #${invoice}: spend`,
      `5.00 return invoice #${invoice}: return`,
    ]);
    expect(await grantsOf(database, ANNA)).toEqual(['paid 35.00 of 50.00']);
  });

  test('a deposit paid with credit opens nothing: that credit is again what it was', async () => {
    const id = await giveBonus({ database, standIn }, ELLA, '20.00');
    const funds = await deposit(await visitAsClient(standIn, 'ella@example.com'), '20.00');
    await applyCredit(funds, '20.00');
    expect(await explained(ELLA)).toEqual([
      '20.00 bonus command: grant:promotional',
      `-20.00 transit invoice #${funds}: spend`,
      `20.00 transit invoice #${funds}: return`,
    ]);
    expect(await grantsOf(database, ELLA)).toEqual(['promotional 20.00 of 20.00']);

    // Its marker with another client is worth nothing.
    before = await lastSequence(database);
    const forged = { description: `Thank you [cb:${id}]`, amount: '20.00' };
    await standIn.api('AddCredit', { clientid: String(OTTO), ...forged });
    expect(await explained(OTTO)).toEqual(['20.00 manual admin: grant:adjustment']);
    await standIn.api('AddCredit', { clientid: String(ELLA), ...forged });
    expect(await explained(ELLA)).toEqual(['20.00 manual admin: grant:adjustment']);
  });

  test('an overpayment, and two equal refunds of its invoice to credit', async () => {
    const kurt = await visitAsClient(standIn, 'kurt@example.com');
    await payByCard(kurt, 912, '30.00');
    await refundToCredit(912, '4.00');
    await refundToCredit(912, '4.00');
    const lines = await explained(KURT);
    // Seen together: what was paid is less by the refunds now.
    expect(lines).toEqual([
      '5.00 overpayment payment #912: grant:paid:refundable',
      '4.00 refund payment #912: grant:refund:refundable',
      '4.00 refund payment #912: grant:refund:refundable',
    ]);
    expect(await grantsOf(database, KURT)).toHaveLength(3);
  });

  test('an overpayment that is seen when it comes is paid credit', async () => {
    const invoice = await makeInvoice(OTTO, '10.00');
    await payByCard(await visitAsClient(standIn, 'otto@example.com'), invoice, '12.50');
    expect(await explained(OTTO)).toEqual([
      `2.50 overpayment payment #${invoice}: grant:paid:refundable`,
    ]);
  });

  test('a refund to credit without a row of money is believed by its text, and not paid out', async () => {
    await standIn.setSwitch('refund_to_credit_row', 'none');
    const invoice = await makeInvoice(OTTO, '10.00');
    await payByCard(await visitAsClient(standIn, 'otto@example.com'), invoice);
    await refundToCredit(invoice, '3.00');
    await standIn.setSwitch('refund_to_credit_row', 'written');
    expect(await explained(OTTO)).toEqual([
      hasTexts
        ? `3.00 refund text #${invoice}: grant:refund`
        : '3.00 manual admin: grant:adjustment',
    ]);
  });

  test('a mass payment by card leaves promotional credit promotional', async () => {
    await giveBonus({ database, standIn }, ROSA, '30.00');
    const rosa = await visitAsClient(standIn, 'rosa@example.com');
    await payByCard(rosa, await massPay(rosa, [913, 914]));
    expect(await explained(ROSA)).toEqual([
      '30.00 bonus command: grant:promotional',
      ...(isLogged
        ? [
            '10.00 transit invoice #913: grant:paid:refundable',
            '-10.00 transit invoice #913: spend of row 2',
            '25.00 transit invoice #914: grant:paid:refundable',
            '-25.00 transit invoice #914: spend of row 4',
          ]
        : []),
    ]);
    expect((await grantsOf(database, ROSA))[0]).toBe('promotional 30.00 of 30.00');
  });

  test('a mass payment with credit spends that credit, once', async () => {
    const rosa = await visitAsClient(standIn, 'rosa@example.com');
    const ids = [await makeInvoice(ROSA, '4.00'), await makeInvoice(ROSA, '6.00')];
    const container = await massPay(rosa, ids);
    await applyCredit(container, '10.00');
    expect(await explained(ROSA)).toEqual([
      `-10.00 transit invoice #${container}: spend`,
      ...(isLogged
        ? [
            `4.00 transit invoice #${container}: return`,
            `-4.00 transit invoice #${ids[0]}: spend of row 2`,
            `6.00 transit invoice #${container}: return`,
            `-6.00 transit invoice #${ids[1]}: spend of row 4`,
          ]
        : []),
    ]);
    expect((await grantsOf(database, ROSA))[0]).toBe('promotional 20.00 of 30.00');
  });

  test('a service changed to less, with Credit on Downgrade', async () => {
    await database.root.query("UPDATE tblhosting SET nextduedate = '2026-12-16' WHERE id = 2");
    await admin.get('admin/clientsupgrade.php?id=2');
    await admin.post('admin/clientsupgrade.php?id=2', { pid: '1' });
    // Credit from before the adoption had paid a part; nobody knows of which kind.
    expect(await explained(BEN)).toEqual(['7.50 downgrade upgrade #902: return']);
  });

  test('what an admin does by hand, and money booked to credit', async () => {
    await admin.get(`admin/clientscredits.php?userid=${BEN}`);
    const post = (form: Readonly<Record<string, string>>) =>
      admin.post(`admin/clientscredits.php?userid=${BEN}`, form);
    await post({ type: 'add', description: 'Goodwill for invoice 902', amount: '8.00' });
    await post({ type: 'remove', description: 'Goodwill given twice', amount: '3.00' });
    await standIn.api('AddTransaction', {
      userid: String(BEN),
      paymentmethod: 'banktransfer',
      transid: 'BANK-1',
      amountin: '40.00',
      description: 'Bank transfer',
      credit: 'true',
    });
    expect(await explained(BEN)).toEqual([
      '8.00 manual admin: grant:adjustment',
      '-3.00 manual admin: spend',
      '40.00 payment-to-credit payment: grant:paid:refundable',
    ]);
  });

  test('two equal amounts on one invoice are two entries for it', async () => {
    const invoice = await makeInvoice(BEN, '30.00');
    await applyCredit(invoice, '5.00');
    await applyCredit(invoice, '5.00');
    expect(await explained(BEN)).toEqual([
      `-5.00 invoice invoice #${invoice}: spend`,
      `-5.00 invoice invoice #${invoice}: spend`,
    ]);
  });

  // The sentences depend on what was explained, which is the same in every position but for numbers.
  if (position === POSITIONS[0])
    test('the command line tells it in words for the client', async () => {
      const [bonus] = await database.query<{ sequence: string; command_id: string }>(
        "SELECT CAST(sequence AS CHAR) AS sequence, command_id FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'bonus'",
        [ROSA],
      );
      // On 9.x each use of credit is a note, which the page of an invoice names (admin-pages.test.ts).
      const tell = async (what: string, id: number | string) =>
        (await told(['explain', what, String(id)])).map((line) =>
          line.replaceAll(/ It has credit note #\d+ of \$[\d.]+ USD\./g, ''),
        );
      expect(await tell('grant', bonus?.sequence ?? '')).toEqual([
        'Grant 30 is $30.00 USD of promotional credit, given on 1 December 2026 by the rule “Bonus on deposits”.',
        'It comes from entry 30: $30.00 USD was given as a small “thank you”.',
        '$20.00 USD of it remains.',
        'It does not expire.',
        'It may be used, but not be paid out.',
        '$4.00 USD of it went through invoice #1007 on 1 December 2026 (entry 37).',
        '$6.00 USD of it went through invoice #1008 on 1 December 2026 (entry 39).',
      ]);
      expect(await tell('entry', bonus?.sequence ?? '')).toEqual([
        'On 1 December 2026, $30.00 USD was given as a small “thank you” (entry 30).',
        'It became promotional credit (grant 30); $20.00 USD of that remains.',
        'How this is known: Credit Bridge did it. Our command AddCredit, asked for by rule deposit-bonus.',
        `It mirrors row 30 of WHMCS's credit log, "Thank you"; command ${bonus?.command_id}.`,
      ]);
      expect(await tell('client', BEN)).toEqual([
        'Client 2 has a credit balance of $92.50 USD in WHMCS.',
        'The books say $92.50 USD: $40.00 USD of paid credit, $7.50 USD of refunded credit, $45.00 USD of credit from before Credit Bridge.',
        'The last movements:',
        'On 1 December 2026, $5.00 USD was put on invoice #1010 (entry 45).',
        'On 1 December 2026, $5.00 USD was put on invoice #1010 (entry 44).',
        'On 1 December 2026, $40.00 USD was added by a payment (entry 43).',
        'On 1 December 2026, $3.00 USD was taken by staff (entry 42).',
        'On 1 December 2026, $8.00 USD was added by staff (entry 41).',
        'On 1 December 2026, $7.50 USD was added because a service was changed to a smaller one (entry 40).',
        // Of the demonstration data, whose days count from today.
        expect.stringMatching(/^On .*, \$25\.00 USD was put on invoice #902 \(entry 2\)\.$/),
        expect.stringMatching(
          /^On .*, \$75\.00 USD was added by the deposit of invoice #901 \(entry 1\)\.$/,
        ),
      ]);
      expect(await tell('invoice', 913)).toEqual([
        'Invoice #913 of client 18 is Paid. It carries $10.00 USD of credit, and $0.00 USD is left to pay.',
        'On 1 December 2026, $10.00 USD was received for invoice #913 with a payment of several invoices (entry 31). It became paid credit (grant 31); nothing of that remains.',
        'On 1 December 2026, $10.00 USD went through invoice #913 (entry 32). It was taken from $10.00 USD of paid credit of 1 December 2026 (grant 31).',
        '',
        'No rule has decided about invoice #913: none that is on listens to what happened to it, or it was made before Credit Bridge.',
      ]);
      expect(await tell('invoice', 1010)).toEqual([
        'Invoice #1010 of client 2 is Unpaid. It carries $10.00 USD of credit, and $20.00 USD is left to pay.',
        'On 1 December 2026, $5.00 USD was put on invoice #1010 (entry 44). It was taken from $5.00 USD of credit given by staff of 1 December 2026 (grant 41).',
        expect.stringMatching(
          /^On 1 December 2026, \$5\.00 USD was put on invoice #1010 \(entry 45\)\. It was taken from \$5\.00 USD of credit from before Credit Bridge of .* \(grant 1\)\.$/,
        ),
        '',
        'No rule has decided about invoice #1010: none that is on listens to what happened to it, or it was made before Credit Bridge.',
      ]);
      for (const [what, id] of [
        ['entry', 4000],
        ['grant', 4000],
        ['client', 4000],
      ] as const) {
        const missing = await runCommand(['explain', what, String(id)], env());
        expect(missing).toMatchObject({ code: 1, out: '', err: `There is no ${what} ${id}.` });
      }
    });

  const env = () => ({
    CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
    CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
    CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
  });

  async function told(args: readonly string[]): Promise<readonly string[]> {
    const { code, out, err } = await runCommand(args, env());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out.split('\n');
  }
});

test('on 9.x, where figures tell nothing, notes and texts say what was put on an invoice and what came back', async () => {
  const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
  const { host, port } = testDatabaseServer();
  const standIn = await startStandIn({
    database: { host, port, ...database.owner, name: database.name },
    whmcs: '8.13',
  });
  const follower = openFollower(database);
  try {
    await standIn.setSwitch('ledger', '9.x');
    await grantAgain(database);
    await database.root.query(
      "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.version', '9.0.5')",
    );
    await follower.round();
    const before = await lastSequence(database);
    const made = await standIn.api('CreateInvoice', {
      userid: String(BEN),
      itemdescription1: 'Work',
      itemamount1: '30.00',
    });
    const invoice = String(made['invoiceid']);
    await standIn.api('ApplyCredit', { invoiceid: invoice, amount: '20.00' });
    const admin = await visitAsAdmin(standIn, 'admin');
    await admin.get(`admin/clientscredits.php?userid=${BEN}`);
    const goodwill = { type: 'add', description: `For invoice ${invoice}`, amount: '5.00' };
    await admin.post(`admin/clientscredits.php?userid=${BEN}`, goodwill);
    await follower.round();
    expect(await explainedSince(database, BEN, before)).toEqual([
      `-20.00 invoice invoice #${invoice}: spend`,
      '5.00 manual admin: grant:adjustment',
    ]);
    await expectCoherentLedger(database);
  } finally {
    await follower.close();
    await standIn.stop();
    await database.drop();
  }
});

test('credit that arrives is the first that is heard of an upgrade to 9.x: a debit note of its amount is no refund', async () => {
  const database = await createServiceDatabase(testDatabaseServer());
  const { host, port } = testDatabaseServer();
  const standIn = await startStandIn({
    database: { host, port, ...database.owner, name: database.name },
  });
  const follower = openFollower(database);
  try {
    await follower.round();
    // A connection looks when it opens, so all of the pool are open before the upgrade.
    await Promise.all([1, 2, 3, 4].map(() => sql`SELECT SLEEP(0.3)`.execute(follower.db)));
    const before = await lastSequence(database);
    // No delivery tells of it, and the shim has told no version since.
    await standIn.setSwitch('ledger', '9.x');
    await grantAgain(database);
    const made = await standIn.api('CreateInvoice', {
      userid: String(BEN),
      itemdescription1: 'Work',
      itemamount1: '30.00',
    });
    const invoice = Number(made['invoiceid']);
    await addNote(database.root, { client: BEN, invoice, amountOut: '5.00' });
    const admin = await visitAsAdmin(standIn, 'admin');
    await admin.get(`admin/clientscredits.php?userid=${BEN}`);
    const goodwill = { type: 'add', description: `For invoice ${invoice}`, amount: '5.00' };
    await admin.post(`admin/clientscredits.php?userid=${BEN}`, goodwill);
    await follower.round();
    expect(await explainedSince(database, BEN, before)).toEqual([
      '5.00 manual admin: grant:adjustment',
    ]);
    await expectCoherentLedger(database);
  } finally {
    await follower.close();
    await standIn.stop();
    await database.drop();
  }
});
