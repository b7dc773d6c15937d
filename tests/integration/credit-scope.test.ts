import { beforeAll, describe, expect, test } from 'vitest';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// What credit may pay: never domains, here. Judged by WHMCS's own invoices.

const at = rulesAtWork(async () => {
  await takeOverAutomaticUse(at.installation.standIn);
  await at.useCredit('on');
});

const ANNA = { id: 1, email: 'anna@example.com' };

const SITUATIONS = [
  { major: '8.x', day: 2 },
  { major: '9.x', day: 5 },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
    await limitScope('on');
  });

  test(
    'credit pays the other lines of an invoice with their tax and never its domain, on creation, arrival and due date, and the whole of an invoice without one',
    shows('apply-scope', ['run', 'on', 'competing', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      await at.credit.give(ANNA.id, '50.00');
      const invoice = await at.invoiceWithDomain(ANNA.id);
      await at.settle();
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('6.00');
      await at.credit.give(ANNA.id, '1.00');
      await at.credit.setDates(invoice, { duedate: whmcsDay(day) });
      await at.credit.run(day);
      await at.credit.run(day);
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('6.00');
      expect(await at.installation.service.cli('explain', 'invoice', String(invoice))).toMatch(
        /Credit may pay \$?6\.00 (USD )?of the \$?18\.00/,
      );
      const plain = await at.people.invoice(ANNA.id, '20.00');
      await at.settle();
      expect(await at.credit.statusOf(plain)).toBe('Paid');
      await at.people.pay(ANNA.email, invoice, '12.00');
      await at.settle();
      expect(await at.credit.statusOf(invoice)).toBe('Paid');
      expect(await at.toldOf('apply-scope', invoice)).toEqual([]);
    },
  );

  test(
    'credit that the client, staff or another program put on a domain is told once',
    shows('apply-scope', ['client-form', 'admin', 'api', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      const byClient = await at.invoiceWithDomain(ANNA.id);
      const byStaff = await at.invoiceWithDomain(ANNA.id);
      const byApi = await at.invoiceWithDomain(ANNA.id);
      await at.settle();
      await at.people.changeByHand(ANNA.id, { type: 'add', amount: '54.00', description: 'Gift' });
      await at.people.payWithCredit(ANNA.email, byClient, '18.00');
      await at.people.onInvoice(byStaff, 'addcredit', { amount: '18.00' });
      await at.installation.standIn.api('ApplyCredit', {
        invoiceid: String(byApi),
        amount: '18.00',
      });
      await at.settle();
      for (const invoice of [byClient, byStaff, byApi]) {
        expect(await at.credit.statusOf(invoice)).toBe('Paid');
        expect(await at.toldOf('apply-scope', invoice)).toEqual([
          expect.stringMatching(
            /18\.00.* of credit is on invoice #\d+, of which credit may pay .*6\.00/,
          ),
        ]);
        await at.people.onInvoice(invoice, 'markunpaid');
        await at.people.onInvoice(invoice, 'markpaid');
        await at.settle();
        expect(await at.toldOf('apply-scope', invoice)).toHaveLength(1);
      }
    },
  );

  test(
    'a mass payment by card pays domains with money, and nothing is told',
    shows('apply-scope', ['mass-payment'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      const invoices = [await at.invoiceWithDomain(ANNA.id), await at.invoiceWithDomain(ANNA.id)];
      await at.settle();
      await at.people.payTogether(ANNA.email, invoices, '36.00');
      await at.settle();
      for (const invoice of invoices) {
        expect(await at.credit.statusOf(invoice)).toBe('Paid');
        expect(await at.toldOf('apply-scope', invoice)).toEqual([]);
      }
    },
  );

  test(
    'credit that a client uses at checkout for what it may not pay is told once',
    shows('apply-scope', ['checkout'], ['8.x', '9.x']),
    async () => {
      await limitScope('on', ['addon']);
      await at.credit.takeAll(ANNA.id);
      await at.credit.give(ANNA.id, '30.00');
      const invoice = await ordered({ applycredit: '1' });
      expect(await creditOnInvoice(at.installation.database, invoice)).toBe('25.00');
      expect(await at.toldOf('apply-scope', invoice)).toEqual([
        expect.stringMatching(
          /25\.00.* of credit is on invoice #\d+, of which credit may pay .*0\.00/,
        ),
      ]);
      await limitScope('on');
    },
  );

  test(
    'what the client chose at checkout wins, although another rule wants its answers while WHMCS waits, and when the invoice is due',
    shows(['auto-apply', 'deposit-limits'], ['checkout', 'competing'], ['8.x', '9.x']),
    async () => {
      const limits = { 'minimum/1': '5.00', mailSubject: 'No', mailText: 'No' };
      await saveRule(at.installation.standIn, 'deposit-limits', { mode: 'on', inputs: limits });
      await at.credit.takeAll(ANNA.id);
      await at.credit.give(ANNA.id, '20.00');
      const kept = await ordered({ applycredit: '0' });
      await at.credit.setDates(kept, { duedate: whmcsDay(day + 1) });
      await at.credit.run(day + 1);
      expect(await creditOnInvoice(at.installation.database, kept)).toBe('0.00');
      expect(await at.installation.service.cli('explain', 'invoice', String(kept))).toContain(
        'chose at checkout to keep the credit',
      );
      await saveRule(at.installation.standIn, 'deposit-limits', { mode: 'off', inputs: limits });
      await at.people.onInvoice(kept, 'cancel');
    },
  );

  test(
    'off and in observe it limits nothing, in observe the decision says what it would have limited; a frozen client gets nothing',
    shows('apply-scope', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      for (const mode of ['observe', 'off'] as const) {
        await at.credit.takeAll(ANNA.id);
        await limitScope(mode);
        await at.credit.give(ANNA.id, '18.00');
        const invoice = await at.invoiceWithDomain(ANNA.id);
        await at.settle();
        expect(await at.credit.statusOf(invoice)).toBe('Paid');
        const noted = await at.installation.database.query<{ outcome: string }>(
          "SELECT outcome FROM mod_creditbridge_decisions WHERE invoice_id = ? AND rule = 'apply-scope'",
          [invoice],
        );
        expect(noted.length > 0).toBe(mode === 'observe');
        expect(noted.every(({ outcome }) => outcome === 'observed')).toBe(true);
      }
      await limitScope('on');
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      await postAct(admin, `client/${ANNA.id}`, 'freeze-client');
      await at.credit.give(ANNA.id, '18.00');
      const frozen = await at.invoiceWithDomain(ANNA.id);
      await at.settle();
      expect(await creditOnInvoice(at.installation.database, frozen)).toBe('0.00');
      await postAct(admin, `client/${ANNA.id}`, 'unfreeze-client', { reason: 'Settled' });
      await at.people.onInvoice(frozen, 'cancel');
    },
  );
});

const NO_DOMAINS = ['service', 'setup', 'addon', 'upgrade', 'late-fee', 'item', 'other'];

async function limitScope(mode: 'off' | 'observe' | 'on', kinds = NO_DOMAINS): Promise<void> {
  await saveRule(at.installation.standIn, 'apply-scope', {
    mode,
    inputs: Object.fromEntries(kinds.map((kind) => [`pays/lineTypes/${kind}`, 'on'])),
  });
}

/** @returns the invoice of the order */
async function ordered(fields: Readonly<Record<string, string>>): Promise<number> {
  await at.order(ANNA, fields);
  await at.settle();
  const [row] = await at.installation.database.query<{ id: number }>(
    'SELECT MAX(invoiceid) AS id FROM tblorders WHERE userid = ?',
    [ANNA.id],
  );
  return row?.id ?? 0;
}
