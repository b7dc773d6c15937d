import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lookAtNotes } from '../../src/db/index.ts';
import { creditOnInvoices } from '../support/credit-on-invoices.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';

// Credit on invoices whose money is refunded: what the rule refund-to-credit gives back, and what stays without it.

const at = rulesAtWork(() => takeOverAutomaticUse(at.installation.standIn));
const { invoiceWithCredit, expectGrantWhole, hearAgain, decisionAbout } = creditOnInvoices(
  at,
  'refund-to-credit',
);

beforeAll(async () => {
  await at.parts.reconciliation.lookAtAll();
  await at.installation.database.query(
    "UPDATE mod_creditbridge_sweeps SET swept_at = swept_at - INTERVAL 1 DAY WHERE name = 'began'",
  );
});

beforeEach(async () => {
  await setMode('on');
});

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await at.becomeNine();
    await lookAtNotes(at.parts.db);
    await at.installation.standIn.runCron();
    await at.installation.work();
  });

  test(
    'the refunded invoice that kept its credit',
    shows('refund-to-credit', ['admin', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      if (major === '9.x') {
        const unproven = await refundedInvoice();
        await hearAgain('InvoiceRefunded', unproven.invoice);
        expect(await balanceOf(at.installation.database, unproven.client)).toBe('0.00');
        expect(await at.toldOf('refund-to-credit', unproven.invoice)).toEqual([
          expect.stringContaining('Run the trial of returning credit under Connection'),
        ]);
        expect(await at.tryReturning()).toContain('keeps its credit');
      }
      await setMode('off');
      const without = await refundedInvoice();
      expect(await balanceOf(at.installation.database, without.client)).toBe('0.00');

      await setMode('on');
      const { client, invoice } = await refundedInvoice();
      await expectGrantWhole(client);
      await hearAgain('InvoiceRefunded', invoice);
      await foundLater(invoice);
      await expectGrantWhole(client);
      expect(await at.toldOf('refund-to-credit', invoice)).toEqual([]);
    },
  );

  test(
    'of a refunded part an admin is told once what comes back by hand, and that counts; with the rest of the money the rest of the credit comes back',
    shows('refund-to-credit', ['admin', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const { client, invoice } = await paidInvoice();
      await at.people.refund(invoice, '5.00');
      await at.settle();
      await foundLater(invoice);
      await foundLater(invoice);
      expect(await at.toldOf('refund-to-credit', invoice)).toEqual([
        expect.stringContaining(
          `2.50 USD is left to give back. Credit is not taken off an invoice that is Paid: only WHMCS’s own page does that. In WHMCS, open invoice #${invoice} and take 2.50 USD off`,
        ),
      ]);
      expect(await balanceOf(at.installation.database, client)).toBe('0.00');

      await at.people.onInvoice(invoice, 'removecredit', { amount: '2.50' });
      await at.people.refund(invoice, '5.00');
      await at.settle();
      await foundLater(invoice);
      expect((await at.toldOf('refund-to-credit', invoice)).toSorted()).toEqual([
        expect.stringMatching(/^10\.00 USD of 20\.00 USD .* 2\.50 USD is left/),
        expect.stringMatching(/^5\.00 USD of 20\.00 USD .* 2\.50 USD is left/),
      ]);
      expect(await balanceOf(at.installation.database, client)).toBe('2.50');

      await at.people.refund(invoice, '10.00');
      await at.settle();
      await expectGrantWhole(client);
      await foundLater(invoice);
      await expectGrantWhole(client);
    },
  );

  test(
    'in observe it says what would come back; for a frozen client nothing does until a later look, and then once',
    shows('refund-to-credit', ['observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('observe');
      const observed = await refundedInvoice();
      expect(await decisionAbout(observed.invoice)).toMatchObject({
        outcome: 'observed',
        amount: 1000,
      });
      expect(await balanceOf(at.installation.database, observed.client)).toBe('0.00');

      await setMode('on');
      const frozen = await paidInvoice();
      await at.freeze(frozen.client);
      await at.people.refund(frozen.invoice, '20.00');
      await at.settle();
      expect(await balanceOf(at.installation.database, frozen.client)).toBe('0.00');
      await at.unfreezeAll();
      await foundLater(frozen.invoice);
      await expectGrantWhole(frozen.client);
    },
  );

  test('a refund that WHMCS adds to the client’s credit brings the credit back, too, as the setting says and beside the money', async () => {
    await setMode('on', { percent: '50', as: 'promotional', expiresAfterDays: '30' });
    const { client, invoice } = await paidInvoice();
    const [payment] = await at.installation.database.query<{ id: number }>(
      'SELECT MAX(id) AS id FROM tblaccounts WHERE invoiceid = ? AND amountin = 20',
      [invoice],
    );
    await at.people.onInvoice(invoice, 'refund', {
      payment: String(payment?.id),
      amount: '20.00',
      refundtype: 'credit',
    });
    await at.settle();
    await foundLater(invoice);
    await foundLater(invoice);
    expect(await balanceOf(at.installation.database, client)).toBe('25.00');
    expect(await grantsOf(at.installation.database, client)).toMatchObject([
      { kind: 'promotional', remaining: 0, expiresOn: '2099-12-31' },
      { kind: 'refund', remaining: 2000, refundable: 1 },
      { kind: 'promotional', remaining: 500, expiresOn: expect.not.stringContaining('2099') },
    ]);
  });

  test(
    'an invoice that is refunded and cancelled, in either order, gives its credit back once',
    shows(['refund-to-credit', 'return-on-cancel'], ['competing'], ['8.x', '9.x']),
    async () => {
      await saveRule(at.installation.standIn, 'return-on-cancel', {
        mode: 'on',
        inputs: { onCancelled: 'on', staleDays: '0' },
      });
      const first = await refundedInvoice();
      await at.people.onInvoice(first.invoice, 'cancel');
      const second = await paidInvoice();
      await at.people.onInvoice(second.invoice, 'cancel');
      await at.settle();
      await at.people.refund(second.invoice, '20.00');
      await at.settle();
      for (const { client, invoice } of [first, second]) {
        await foundLater(invoice);
        await expectGrantWhole(client);
      }
      await saveRule(at.installation.standIn, 'return-on-cancel', {
        mode: 'off',
        inputs: { onCancelled: 'on', staleDays: '0' },
      });
    },
  );

  test('promotional credit that came back is taken again when the refund is undone and the invoice counts it again', async () => {
    await setMode('on', { as: 'promotional' });
    const { client, invoice } = await refundedInvoice();
    expect(await balanceOf(at.installation.database, client)).toBe('10.00');
    await at.installation.standIn.api('UpdateInvoice', {
      invoiceid: String(invoice),
      status: 'Paid',
    });
    await at.parts.reconciliation.lookAtAll();
    await at.settle();
    expect(await balanceOf(at.installation.database, client)).toBe('0.00');
  });
});

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(at.installation.standIn, 'refund-to-credit', {
    mode,
    inputs: { percent: '100', withinDays: '0', as: 'as-it-was', inPart: 'on', ...more },
  });
}

/** A client whose credit paid a part of an invoice; money paid the other 20.00. */
async function paidInvoice() {
  const paid = await invoiceWithCredit();
  await at.payByGateway(paid.invoice, '20.00');
  await at.settle();
  expect(await at.credit.statusOf(paid.invoice)).toBe('Paid');
  return paid;
}

/** The same, whose 20.00 of money went back. */
async function refundedInvoice() {
  const paid = await paidInvoice();
  await at.people.refund(paid.invoice, '20.00');
  await at.settle();
  expect(await at.credit.statusOf(paid.invoice)).toBe('Refunded');
  return paid;
}

/** The sweep looks when the refund is an hour old. */
async function foundLater(invoice: number): Promise<void> {
  await at.installation.database.query(
    'UPDATE tblaccounts SET date = NOW() - INTERVAL 1 HOUR WHERE invoiceid = ? AND amountout > 0',
    [invoice],
  );
  await at.parts.reconciliation.lookAtAll();
  await at.settle();
}
