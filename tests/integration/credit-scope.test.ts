import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// What credit may pay: never domains, here. Judged by WHMCS's own invoices.

let installation: Installation;
let people: People;
let credit: CreditAtWork;

const ANNA = { id: 1, email: 'anna@example.com' };

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', onDueDate: 'on', whenCreditArrives: 'on', dueOffsetDays: '0' },
  });
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 5 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') {
      await installation.standIn.setSwitch('ledger', '9.x');
      await grantAgain(installation.database);
    }
    await limitScope('on');
  });

  test(
    'credit pays the other lines of an invoice with their tax and never its domain, on creation, arrival and due date, and the whole of an invoice without one',
    shows('apply-scope', ['run', 'on', 'competing', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await credit.takeAll(ANNA.id);
      await credit.give(ANNA.id, '50.00');
      const invoice = await invoiceWithDomain();
      await settleLedger(installation);
      expect(await creditOnInvoice(installation.database, invoice)).toBe('6.00');
      await credit.give(ANNA.id, '1.00');
      await credit.setDates(invoice, { duedate: whmcsDay(day) });
      await credit.run(day);
      await credit.run(day);
      expect(await creditOnInvoice(installation.database, invoice)).toBe('6.00');
      expect(await installation.service.cli('explain', 'invoice', String(invoice))).toMatch(
        /Credit may pay \$?6\.00 (USD )?of the \$?18\.00/,
      );
      const plain = await people.invoice(ANNA.id, '20.00');
      await settleLedger(installation);
      expect(await credit.statusOf(plain)).toBe('Paid');
      await people.pay(ANNA.email, invoice, '12.00');
      await settleLedger(installation);
      expect(await credit.statusOf(invoice)).toBe('Paid');
      expect(await told(invoice)).toEqual([]);
    },
  );

  test(
    'credit that the client or staff put on a domain is told once',
    shows('apply-scope', ['client-form', 'admin', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await credit.takeAll(ANNA.id);
      const byClient = await invoiceWithDomain();
      const byStaff = await invoiceWithDomain();
      await settleLedger(installation);
      await people.changeByHand(ANNA.id, { type: 'add', amount: '36.00', description: 'Gift' });
      await people.payWithCredit(ANNA.email, byClient, '18.00');
      await people.onInvoice(byStaff, 'addcredit', { amount: '18.00' });
      await settleLedger(installation);
      for (const invoice of [byClient, byStaff]) {
        expect(await credit.statusOf(invoice)).toBe('Paid');
        expect(await told(invoice)).toEqual([
          expect.stringMatching(
            /18\.00.* of credit is on invoice #\d+, of which credit may pay .*6\.00/,
          ),
        ]);
        await people.onInvoice(invoice, 'markunpaid');
        await people.onInvoice(invoice, 'markpaid');
        await settleLedger(installation);
        expect(await told(invoice)).toHaveLength(1);
      }
    },
  );

  test(
    'a mass payment by card pays domains with money, and nothing is told',
    shows('apply-scope', ['mass-payment'], ['8.x', '9.x']),
    async () => {
      await credit.takeAll(ANNA.id);
      const invoices = [await invoiceWithDomain(), await invoiceWithDomain()];
      await settleLedger(installation);
      await people.payTogether(ANNA.email, invoices, '36.00');
      await settleLedger(installation);
      for (const invoice of invoices) {
        expect(await credit.statusOf(invoice)).toBe('Paid');
        expect(await told(invoice)).toEqual([]);
      }
    },
  );

  test(
    'off and in observe it limits nothing, in observe the decision says what it would have limited; a frozen client gets nothing',
    shows('apply-scope', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      for (const mode of ['observe', 'off'] as const) {
        await credit.takeAll(ANNA.id);
        await limitScope(mode);
        await credit.give(ANNA.id, '18.00');
        const invoice = await invoiceWithDomain();
        await settleLedger(installation);
        expect(await credit.statusOf(invoice)).toBe('Paid');
        const noted = await installation.database.query<{ outcome: string }>(
          "SELECT outcome FROM mod_creditbridge_decisions WHERE invoice_id = ? AND rule = 'apply-scope'",
          [invoice],
        );
        expect(noted.length > 0).toBe(mode === 'observe');
        expect(noted.every(({ outcome }) => outcome === 'observed')).toBe(true);
      }
      await limitScope('on');
      const admin = await visitAsAdmin(installation.standIn, 'admin');
      await postAct(admin, `client/${ANNA.id}`, 'freeze-client');
      await credit.give(ANNA.id, '18.00');
      const frozen = await invoiceWithDomain();
      await settleLedger(installation);
      expect(await creditOnInvoice(installation.database, frozen)).toBe('0.00');
      await postAct(admin, `client/${ANNA.id}`, 'unfreeze-client', { reason: 'Settled' });
      await people.onInvoice(frozen, 'cancel');
    },
  );
});

async function limitScope(mode: 'off' | 'observe' | 'on'): Promise<void> {
  const kinds = ['service', 'setup', 'addon', 'upgrade', 'late-fee', 'item', 'other'];
  await saveRule(installation.standIn, 'apply-scope', {
    mode,
    inputs: Object.fromEntries(kinds.map((kind) => [`pays/lineTypes/${kind}`, 'on'])),
  });
}

/** 5.00 of work and 10.00 for a domain, with 20 % tax: 18.00. */
async function invoiceWithDomain(): Promise<number> {
  const answer = await installation.standIn.api('CreateInvoice', {
    userid: String(ANNA.id),
    status: 'Unpaid',
    duedate: '2039-01-01',
    taxrate: '20.000',
    itemdescription1: 'Consulting',
    itemamount1: '5.00',
    itemtaxed1: '1',
    itemdescription2: 'example.com',
    itemamount2: '10.00',
    itemtaxed2: '1',
  });
  const id = Number(answer['invoiceid']);
  // The API cannot set the type of a line (whmcs.md §2.3).
  await installation.database.root.query(
    "UPDATE tblinvoiceitems SET type = 'Domain' WHERE invoiceid = ? AND description = 'example.com'",
    [id],
  );
  return id;
}

async function told(invoiceId: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ? AND rule = 'apply-scope'",
    [invoiceId],
  );
  return rows.map(({ text }) => text);
}
