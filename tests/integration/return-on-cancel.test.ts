import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creditOnInvoices } from '../support/credit-on-invoices.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// Credit of invoices that are cancelled or stay unpaid: what the rule return-on-cancel gives back, and what stays without it.

const at = rulesAtWork(() => takeOverAutomaticUse(at.installation.standIn));
const { invoiceWithCredit, expectGrantWhole, hearAgain, decisionAbout } = creditOnInvoices(
  at,
  'return-on-cancel',
);

beforeEach(async () => {
  await setMode('on');
});

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 40 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await at.becomeNine();
    await at.installation.standIn.runCron();
    await at.installation.work();
  });

  test(
    'where nothing is proven of this version, an admin is told once what to do by hand, and nothing moves',
    shows('return-on-cancel', ['admin', 'run', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await forgetTrials();
      await setMode('on', { staleDays: '30' });
      const unpaid = await invoiceWithCredit();
      await at.credit.setDates(unpaid.invoice, { duedate: whmcsDay(day - 30) });
      await at.credit.run(day);
      await at.credit.run(day + 1);
      expect(await at.toldOf('return-on-cancel', unpaid.invoice)).toEqual([
        expect.stringContaining(
          `open invoice #${unpaid.invoice} and take 10.00 USD off with Credit → Remove.`,
        ),
      ]);
      expect(await balanceOf(at.installation.database, unpaid.client)).toBe('0.00');
      if (major === '8.x') return;

      const { client, invoice } = await invoiceWithCredit();
      await at.people.onInvoice(invoice, 'cancel');
      await at.settle();
      await hearAgain('InvoiceCancelled', invoice);
      expect(await at.toldOf('return-on-cancel', invoice)).toEqual([
        expect.stringContaining('Run the trial of returning credit under Connection'),
      ]);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    },
  );

  test(
    'the cancelled invoice that kept its credit',
    shows('return-on-cancel', ['admin', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      if (major === '9.x') expect(await at.tryReturning()).toContain('keeps its credit');
      await setMode('off');
      const without = await invoiceWithCredit();
      await at.people.onInvoice(without.invoice, 'cancel');
      await at.settle();
      expect(await balanceOf(at.installation.database, without.client)).toBe('0.00');

      await setMode('on');
      const withRule = await invoiceWithCredit();
      await at.people.onInvoice(withRule.invoice, 'cancel');
      await at.settle();
      await expectGrantWhole(withRule.client);
      await hearAgain('InvoiceCancelled', withRule.invoice);
      await hearAgain('InvoiceCancelled', withRule.invoice);
      await expectGrantWhole(withRule.client);
      expect(await at.toldOf('return-on-cancel', withRule.invoice)).toEqual([]);
    },
  );

  test(
    'a cancellation that no hook told, and one at which nothing could be done yet, are found by the sweep, once',
    shows('return-on-cancel', ['api'], ['8.x', '9.x']),
    async () => {
      await at.installation.standIn.setSwitch('update_invoice_cancel_hook', 'silent');
      const silent = await invoiceWithCredit();
      await at.installation.standIn.api('UpdateInvoice', {
        invoiceid: String(silent.invoice),
        status: 'Cancelled',
      });
      await at.freeze(silent.client);
      const early = await invoiceWithCredit();
      await at.freeze(early.client);
      await at.people.onInvoice(early.invoice, 'cancel');
      await at.settle();
      await at.unfreezeAll();
      await at.parts.reconciliation.lookAtAll();
      await at.settle();
      expect(await balanceOf(at.installation.database, silent.client)).toBe('0.00');
      expect(await balanceOf(at.installation.database, early.client)).toBe('0.00');

      await at.installation.database.query(
        "UPDATE mod_creditbridge_findings SET found_at = found_at - INTERVAL 1 HOUR WHERE kind = 'cancelled'",
      );
      for (let look = 0; look < 2; look++) {
        await at.parts.reconciliation.lookAtAll();
        await at.settle();
        await expectGrantWhole(silent.client);
        await expectGrantWhole(early.client);
      }
      await at.installation.standIn.setSwitch('update_invoice_cancel_hook', 'fires');
    },
  );

  test(
    'in observe it says what would come back, and for a frozen client nothing does',
    shows('return-on-cancel', ['observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('observe');
      const observed = await invoiceWithCredit();
      await at.people.onInvoice(observed.invoice, 'cancel');
      await at.settle();
      expect(await decisionAbout(observed.invoice)).toMatchObject({
        outcome: 'observed',
        amount: 1000,
      });
      expect(await balanceOf(at.installation.database, observed.client)).toBe('0.00');

      await setMode('on');
      const frozen = await invoiceWithCredit();
      await at.freeze(frozen.client);
      await at.people.onInvoice(frozen.invoice, 'cancel');
      await at.settle();
      expect(await balanceOf(at.installation.database, frozen.client)).toBe('0.00');
      await at.unfreezeAll();
    },
  );

  test(
    'credit on an invoice that stays unpaid comes back after its days, once, and no other rule puts it there again',
    shows(
      ['return-on-cancel', 'auto-apply'],
      ['run', 'competing', 'on', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      expect(await at.tryReturning()).toContain('Credit can be taken off an unpaid invoice.');
      await setMode('on', { staleDays: '30' });
      await useCredit('on');
      const { client, invoice } = await invoiceWithCredit();
      await at.credit.setDates(invoice, { duedate: whmcsDay(day + 2 - 29) });
      await at.credit.run(day + 2);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
      await at.credit.run(day + 3);
      await expectGrantWhole(client);
      expect(await at.credit.openOf(invoice)).toBe('30.00');
      await at.credit.run(day + 4);
      await expectGrantWhole(client);

      // The rule that uses credit puts it where it is still wanted.
      const other = await at.people.invoice(client, '4.00');
      await at.credit.setDates(other, { duedate: whmcsDay(day + 5) });
      await at.credit.run(day + 5);
      expect(await at.credit.statusOf(other)).toBe('Paid');
      await useCredit('off');

      // An admin who puts it on again means it.
      await at.installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '6.00',
        noemail: 'true',
      });
      await at.settle();
      await at.credit.run(day + 6);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');
    },
  );

  test('where WHMCS gives it back itself, nothing is doubled and nobody is told', async () => {
    await at.installation.standIn.setSwitch('cancel_returns_credit', 'yes');
    expect(await at.tryReturning()).toContain('gives its credit back by itself');
    const { client, invoice } = await invoiceWithCredit();
    await at.people.onInvoice(invoice, 'cancel');
    await at.settle();
    await hearAgain('InvoiceCancelled', invoice);
    await at.parts.reconciliation.lookAtAll();
    await at.settle();
    await expectGrantWhole(client);
    expect(await at.toldOf('return-on-cancel', invoice)).toEqual([]);
    await at.installation.standIn.setSwitch('cancel_returns_credit', 'no');
    expect(await at.tryReturning()).toContain('keeps its credit');
  });
});

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(at.installation.standIn, 'return-on-cancel', {
    mode,
    inputs: { onCancelled: 'on', staleDays: '0', ...more },
  });
}

async function useCredit(mode: 'off' | 'on'): Promise<void> {
  await saveRule(at.installation.standIn, 'auto-apply', {
    mode,
    inputs: { onDueDate: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
}

async function forgetTrials(): Promise<void> {
  await at.installation.database.query('UPDATE mod_creditbridge_settings SET trial = NULL');
}
