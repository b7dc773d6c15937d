import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { listGrants, readEpoch, readKeptOff, surplusOn } from '../../src/books/index.ts';
import type { Proposed } from '../../src/operations/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { gift } from '../support/gift.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople } from '../support/people.ts';
import { addonPath, postAct, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { type Visitor, visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// Credit comes back from an invoice on a living installation, first 8.13, then the same one after its upgrade to 9.0.

const ADA = { kind: 'admin', adminId: 1 } as const;
const WAIT = { timeout: 60_000, interval: 100 };

let installation: Installation;
let parts: Parts;
let admin: Visitor;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  await takeOverAutomaticUse(installation.standIn);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
  admin = await visitAsAdmin(installation.standIn, 'admin');
  await vi.waitFor(async () => expect((await readEpoch(parts.db))?.state).toBe('following'), WAIT);
});
afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

describe('on 8.13', () => {
  returnsFromUnpaidInvoices();

  test('a cancelled invoice gives its credit back once, without a trial: 8.x is known to keep it', async () => {
    const { client, invoice } = await invoiceWithCredit();
    await cancel(invoice);
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ outcome: 'commanded' });
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({
      outcome: 'refused',
      code: 'client-busy',
    });
    await carriedOut();
    await expectGrantWhole(client);
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({
      outcome: 'refused',
      code: 'not-on-invoice',
      message: `Of the client’s credit 0.00 USD is on invoice #${invoice}, less than 10.00 USD.`,
    });
  });

  test('nothing is given back from a paid invoice, nor more than is on it, nor to another client', async () => {
    const { client, invoice } = await invoiceWithCredit('10.00');
    expect(await giveBack(client, invoice, '5.00')).toMatchObject({
      code: 'by-hand-only',
      message: expect.stringContaining('Credit → Remove'),
    });
    expect(await giveBack(client, invoice, '10.01')).toMatchObject({ code: 'not-on-invoice' });
    const other = await addClient(installation.database.root);
    expect(await giveBack(other, invoice, '1.00')).toMatchObject({ code: 'invoice-not-theirs' });
  });
});

// WHMCS has no way back from 9 to 8.
describe('after the upgrade to 9.0', () => {
  beforeAll(async () => {
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await installation.standIn.runCron();
    await installation.work();
  });

  returnsFromUnpaidInvoices();

  test('nothing is given back from a cancelled invoice before a trial has shown what cancelling does', async () => {
    await forgetTrials();
    const { client, invoice } = await invoiceWithCredit();
    await cancel(invoice);
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({
      code: 'by-hand-only',
      message: expect.stringContaining('Run the trial of returning credit under Connection'),
    });
    expect(await invoicePage(invoice)).toContain('No trial has shown with this version');

    await tryReturning('keeps its credit');
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ outcome: 'commanded' });
    await carriedOut();
    await expectGrantWhole(client);
    await installation.service.cli('reconcile');
    await carriedOut();
    await expectGrantWhole(client);

    // Its notes stay, so the invoice counts the credit again when an admin opens it.
    await onInvoice(invoice, 'markunpaid');
    for (let look = 0; look < 2; look++) {
      await installation.service.cli('reconcile');
      await carriedOut();
    }
    expect(await creditOf(client)).toBe('0.00');
  });

  test('credit that a command took off an unpaid invoice stays with the client, whatever notes come later', async () => {
    const { client, invoice } = await invoiceWithCredit();
    await tryReturning('Credit can be taken off an unpaid invoice.');
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ outcome: 'commanded' });
    await carriedOut();
    await onInvoice(invoice, 'markpaid');
    await installation.service.cli('reconcile');
    await carriedOut();
    await expectGrantWhole(client);
  });

  test('where WHMCS gives it back itself, the ledger takes that for the return and nothing is added', async () => {
    await installation.standIn.setSwitch('cancel_returns_credit', 'yes');
    await tryReturning('gives its credit back by itself');
    const { client, invoice } = await invoiceWithCredit();
    await cancel(invoice);
    await carriedOut();
    await expectGrantWhole(client);
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ code: 'not-on-invoice' });
  });

  test('where WHMCS gave it back in words that nobody knows, nothing is added before somebody says what came', async () => {
    await installation.standIn.setSwitch('cancel_returns_credit', 'no');
    await tryReturning('keeps its credit');
    const { client, invoice } = await invoiceWithCredit();
    await cancel(invoice);
    await whmcsGives(client, '10.00', 'Zurück');
    await carriedOut();
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ code: 'may-be-back' });
    expect(await creditOf(client)).toBe('10.00');
  });

  test('a command decided before WHMCS was upgraded again does nothing', async () => {
    const { client, invoice } = await invoiceWithCredit();
    await tryReturning('keeps its credit');
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ outcome: 'commanded' });
    await installation.database.query(
      "UPDATE tblconfiguration SET value = '9.0.6-release.1' WHERE setting = 'Version'",
    );
    await carriedOut();
    expect(await creditOf(client)).toBe('0.00');
    expect(await lastCommand(client)).toMatchObject({
      state: 'stale',
      reason: expect.stringContaining('was not taken with this version'),
    });
    await installation.database.query(
      "UPDATE tblconfiguration SET value = '9.0.5-release.1' WHERE setting = 'Version'",
    );
  });

  test('no page of PHP had a fault', () => expectNoPhpFaults(installation.database));
});

/** The same on both versions. */
function returnsFromUnpaidInvoices(): void {
  test('an unpaid invoice: by hand, with Credit → Remove and the amount, until the trial passed; then by ApplyCredit, once', async () => {
    const { client, invoice } = await invoiceWithCredit();
    expect(await invoicePage(invoice)).toContain(
      `open invoice #${invoice} and take $10.00 USD off with Credit → Remove.`,
    );
    expect(await giveBack(client, invoice, '10.00')).toMatchObject({ code: 'by-hand-only' });
    await carriedOut();
    expect(await creditOf(client)).toBe('0.00');

    await tryReturning('Credit can be taken off an unpaid invoice.');
    const page = await postAct(admin, `invoice&id=${invoice}`, 'return-credit', {
      amount: '4,00',
      reason: 'Paid by mistake',
    });
    expect(page.path).toContain('said=asked');
    await carriedOut();
    expect(await lastCommand(client)).toMatchObject({ action: 'UnapplyCredit', state: 'done' });
    expect(await creditOf(client)).toBe('4.00');
    expect(await giveBack(client, invoice, '6.00')).toMatchObject({ outcome: 'commanded' });
    await carriedOut();
    await expectGrantWhole(client);
    const now = await installation.standIn.api('GetInvoice', { invoiceid: String(invoice) });
    expect(now).toMatchObject({ status: 'Unpaid', balance: '30.00' });
    // An admin took it off, so no rule puts it there again.
    expect(await readKeptOff(parts.db, invoice)).not.toBeNull();
  });

  test('what an invoice does not need any more is given back by the same form, with the amount in it', async () => {
    const { client, invoice } = await invoiceWithCredit();
    await createPeople(installation).lower(invoice, '8.00');
    expect(await surplusOn(parts.db, invoice)).toBe(200n);
    expect(await invoicePage(invoice)).toMatch(/name="amount"[^>]*value="2.00"/);
    expect(await giveBack(client, invoice, '2.00')).toMatchObject({ outcome: 'commanded' });
    await carriedOut();
    expect(await creditOf(client)).toBe('2.00');
    await vi.waitFor(async () => expect(await surplusOn(parts.db, invoice)).toBe(0n), WAIT);
    expect(await readKeptOff(parts.db, invoice)).toBeNull();
  });

  test('if so set, it comes back by itself, once, where the trial has shown that it can; else it waits for somebody', async () => {
    const { client, invoice } = await invoiceWithCredit();
    await createPeople(installation).lower(invoice, '7.00');
    const sweep = async () => {
      await parts.reconciliation.lookAtAll();
      await parts.operations.sweep(new Date());
      await carriedOut();
      return creditOf(client);
    };
    const say = async (givesBack: string) => {
      const page = await postAct(admin, 'ledger-settings', 'save-gives-back-surplus', {
        ...(givesBack === '' ? {} : { 'gives-back': givesBack }),
        reason: 'Clients ask for it',
      });
      expect(page.path).toContain('said=gives-back');
    };
    // By default it is only shown.
    expect(await sweep()).toBe('0.00');
    const settings = 'SELECT trial FROM mod_creditbridge_settings';
    const [{ trial } = { trial: '' }] = await installation.database.query<{ trial: string }>(
      settings,
    );
    await forgetTrials();
    await say('on');
    expect(await sweep()).toBe('0.00');
    await installation.database.query('UPDATE mod_creditbridge_settings SET trial = ?', [trial]);
    // The service of the installation may be the one that asks.
    await vi.waitFor(async () => expect(await sweep()).toBe('3.00'), WAIT);
    expect(await sweep()).toBe('3.00');
    expect(await surplusOn(parts.db, invoice)).toBe(0n);
    expect(await readKeptOff(parts.db, invoice)).toBeNull();
    const found = await installation.database.query(
      "SELECT fact FROM mod_creditbridge_findings WHERE kind = 'over-credited' AND invoice_id = ?",
      [invoice],
    );
    expect(found).toEqual([]);
    await say('');
  });
}

/** A client whose 10.00, promotional until 2099, are on an invoice. */
async function invoiceWithCredit(total = '30.00') {
  const client = await addClient(installation.database.root);
  await parts.operations.propose(gift(client, '10.00'), {
    actor: ADA,
    reason: 'A gift',
    at: new Date(),
  });
  await carriedOut();
  const { invoiceid } = await installation.standIn.api('CreateInvoice', {
    userid: String(client),
    status: 'Unpaid',
    itemdescription1: 'Hosting',
    itemamount1: total,
    autoapplycredit: '0',
  });
  await installation.standIn.api('ApplyCredit', {
    invoiceid: String(invoiceid),
    amount: '10.00',
    noemail: 'true',
  });
  await carriedOut();
  return { client, invoice: Number(invoiceid) };
}

async function cancel(invoice: number): Promise<void> {
  await installation.standIn.api('UpdateInvoice', {
    invoiceid: String(invoice),
    status: 'Cancelled',
  });
}

/** What an admin does on the invoice's page in WHMCS. */
async function onInvoice(invoice: number, act: 'markunpaid' | 'markpaid'): Promise<void> {
  const page = `admin/invoices.php?action=edit&id=${invoice}`;
  await admin.get(page);
  await admin.post(page, { do: act });
}

function giveBack(client: number, invoiceId: number, amount: string): Promise<Proposed> {
  return parts.operations.propose(
    { kind: 'return', clientId: client, invoiceId, amount },
    { actor: ADA, reason: 'As agreed.', at: new Date() },
  );
}

/** Commands are run, and the ledger has seen every row of the log. */
async function carriedOut(): Promise<void> {
  await installation.work();
  await vi.waitFor(() => expectCoherentLedger(installation.database, { caughtUp: true }), WAIT);
}

/** The grant is whole again, of the same kind and with the same last day, and there is no other. */
async function expectGrantWhole(client: number): Promise<void> {
  expect(await creditOf(client)).toBe('10.00');
  const { rows } = await listGrants(
    parts.db,
    { clientId: client, remainingOnly: true },
    undefined,
    50,
  );
  expect(rows).toMatchObject([
    { kind: 'promotional', remainingHundredths: 1000n, expiresOn: '2099-12-31' },
  ]);
}

async function creditOf(client: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [client],
  );
  return row?.credit;
}

async function lastCommand(client: number) {
  const [row] = await installation.database.query<{
    action: string;
    state: string;
    reason: string;
  }>(
    'SELECT action, state, reason FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY id DESC LIMIT 1',
    [client],
  );
  return row;
}

async function invoicePage(invoice: number): Promise<string> {
  const { body } = await admin.get(addonPath(`invoice&id=${invoice}`));
  return body;
}

/** The trial, as the admin starts it on the Connection page. */
async function tryReturning(shows: string): Promise<void> {
  const client = await addClient(installation.database.root, { credit: '0.00' });
  const page = await postAct(admin, 'connection', 'trial-return', { client: String(client) });
  expect(page.body).toContain(shows);
}

async function forgetTrials(): Promise<void> {
  await installation.database.query('UPDATE mod_creditbridge_settings SET trial = NULL');
}

/** Credit that WHMCS itself gives today, as it writes it: no admin's, and at once with its row of the log. */
async function whmcsGives(client: number, amount: string, words: string): Promise<void> {
  const connection = await installation.database.root.getConnection();
  await connection.beginTransaction();
  await connection.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
    amount,
    client,
  ]);
  await connection.query(
    `INSERT INTO tblcredit (clientid, date, description, amount)
     SELECT clientid, MAX(date), ?, ? FROM tblcredit WHERE clientid = ? GROUP BY clientid`,
    [words, amount, client],
  );
  await connection.commit();
  connection.release();
}
