import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { newId } from '../../src/base/index.ts';
import { createLogger } from '../../src/base/logger.ts';
import { lookAtNotes } from '../../src/db/index.ts';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// Credit on invoices whose money is refunded: what the rule refund-to-credit gives back, and what stays without it.

const ADA = { kind: 'admin', adminId: 1 } as const;

let installation: Installation;
let people: People;
let credit: CreditAtWork;
let parts: Parts;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await waitForLedger(installation);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
  await parts.reconciliation.lookAtAll();
  await installation.database.query(
    "UPDATE mod_creditbridge_sweeps SET swept_at = swept_at - INTERVAL 1 DAY WHERE name = 'began'",
  );
});

beforeEach(async () => {
  await setMode('on');
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await lookAtNotes(parts.db);
    await installation.standIn.runCron();
    await installation.work();
  });

  test(
    'the refunded invoice that kept its credit',
    shows('refund-to-credit', ['admin', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      if (major === '9.x') {
        const unproven = await refundedInvoice();
        await hearAgain(unproven.invoice);
        expect(await balanceOf(installation.database, unproven.client)).toBe('0.00');
        expect(await toldOf(unproven.invoice)).toEqual([
          expect.stringContaining('Run the trial of returning credit under Connection'),
        ]);
        await tryReturning();
      }
      await setMode('off');
      const without = await refundedInvoice();
      expect(await balanceOf(installation.database, without.client)).toBe('0.00');

      await setMode('on');
      const { client, invoice } = await refundedInvoice();
      await expectGrantWhole(client);
      await hearAgain(invoice);
      await foundLater(invoice);
      await expectGrantWhole(client);
      expect(await toldOf(invoice)).toEqual([]);
    },
  );

  test(
    'of a refunded part an admin is told once what comes back by hand; with the rest of the money the rest of the credit comes back',
    shows('refund-to-credit', ['admin', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const { client, invoice } = await paidInvoice();
      await people.refund(invoice, '5.00');
      await settleLedger(installation);
      await foundLater(invoice);
      await foundLater(invoice);
      expect(await toldOf(invoice)).toEqual([
        expect.stringContaining(
          `2.50 USD is left to give back. Credit is not taken off an invoice that is Paid: only WHMCS’s own page does that. In WHMCS, open invoice #${invoice} and take 2.50 USD off`,
        ),
      ]);
      expect(await balanceOf(installation.database, client)).toBe('0.00');

      await people.refund(invoice, '5.00');
      await settleLedger(installation);
      await foundLater(invoice);
      expect(await toldOf(invoice)).toEqual([
        expect.stringContaining('2.50 USD is left'),
        expect.stringContaining('5.00 USD is left'),
      ]);

      await people.refund(invoice, '10.00');
      await settleLedger(installation);
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
      expect(await balanceOf(installation.database, observed.client)).toBe('0.00');

      await setMode('on');
      const frozen = await paidInvoice();
      await freeze(frozen.client);
      await people.refund(frozen.invoice, '20.00');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, frozen.client)).toBe('0.00');
      await installation.database.query('DELETE FROM mod_creditbridge_frozen_clients');
      await foundLater(frozen.invoice);
      await expectGrantWhole(frozen.client);
    },
  );

  test('a refund that WHMCS adds to the client’s credit brings the credit back, too, as the setting says and beside the money', async () => {
    await setMode('on', { percent: '50', as: 'promotional', expiresAfterDays: '30' });
    const { client, invoice } = await paidInvoice();
    const [payment] = await installation.database.query<{ id: number }>(
      'SELECT MAX(id) AS id FROM tblaccounts WHERE invoiceid = ? AND amountin = 20',
      [invoice],
    );
    await people.onInvoice(invoice, 'refund', {
      payment: String(payment?.id),
      amount: '20.00',
      refundtype: 'credit',
    });
    await settleLedger(installation);
    await foundLater(invoice);
    await foundLater(invoice);
    expect(await balanceOf(installation.database, client)).toBe('25.00');
    expect(await grantsOf(installation.database, client)).toMatchObject([
      { kind: 'promotional', remaining: 0, expiresOn: '2099-12-31' },
      { kind: 'refund', remaining: 2000, refundable: 1 },
      { kind: 'promotional', remaining: 500, expiresOn: expect.not.stringContaining('2099') },
    ]);
  });

  test(
    'an invoice that is refunded and cancelled, in either order, gives its credit back once',
    shows(['refund-to-credit', 'return-on-cancel'], ['competing'], ['8.x', '9.x']),
    async () => {
      await saveRule(installation.standIn, 'return-on-cancel', {
        mode: 'on',
        inputs: { onCancelled: 'on', staleDays: '0' },
      });
      const first = await refundedInvoice();
      await people.onInvoice(first.invoice, 'cancel');
      const second = await paidInvoice();
      await people.onInvoice(second.invoice, 'cancel');
      await settleLedger(installation);
      await people.refund(second.invoice, '20.00');
      await settleLedger(installation);
      for (const { client, invoice } of [first, second]) {
        await foundLater(invoice);
        await expectGrantWhole(client);
      }
      await saveRule(installation.standIn, 'return-on-cancel', {
        mode: 'off',
        inputs: { onCancelled: 'on', staleDays: '0' },
      });
    },
  );

  test('promotional credit that came back is taken again when the refund is undone and the invoice counts it again', async () => {
    await setMode('on', { as: 'promotional' });
    const { client, invoice } = await refundedInvoice();
    expect(await balanceOf(installation.database, client)).toBe('10.00');
    await installation.standIn.api('UpdateInvoice', { invoiceid: String(invoice), status: 'Paid' });
    await parts.reconciliation.lookAtAll();
    await settleLedger(installation);
    expect(await balanceOf(installation.database, client)).toBe('0.00');
  });
});

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'refund-to-credit', {
    mode,
    inputs: { percent: '100', withinDays: '0', as: 'as-it-was', inPart: 'on', ...more },
  });
}

/** A client whose 10.00, promotional until 2099, paid a part of an invoice over 30.00; money paid the rest. */
async function paidInvoice() {
  const client = await addClient(installation.database.root);
  await parts.operations.propose(
    {
      kind: 'add',
      clientId: client,
      amount: '10.00',
      grantKind: 'promotional',
      startsOn: null,
      expiresOn: '2099-12-31',
      priority: 100,
      refundable: false,
      description: null,
    },
    { actor: ADA, reason: 'A gift', at: new Date() },
  );
  await settleLedger(installation);
  const invoice = await people.invoice(client, '30.00');
  await installation.standIn.api('ApplyCredit', {
    invoiceid: String(invoice),
    amount: '10.00',
    noemail: 'true',
  });
  await installation.standIn.api('AddInvoicePayment', {
    invoiceid: String(invoice),
    transid: newId(),
    gateway: 'standincard',
    amount: '20.00',
  });
  await settleLedger(installation);
  expect(await credit.statusOf(invoice)).toBe('Paid');
  return { client, invoice };
}

/** The same, whose 20.00 of money went back. */
async function refundedInvoice() {
  const paid = await paidInvoice();
  await people.refund(paid.invoice, '20.00');
  await settleLedger(installation);
  expect(await credit.statusOf(paid.invoice)).toBe('Refunded');
  return paid;
}

/** The grant is whole again, of the same kind and with the same last day, and there is no other. */
async function expectGrantWhole(client: number): Promise<void> {
  expect(await balanceOf(installation.database, client)).toBe('10.00');
  const grants = await grantsOf(installation.database, client);
  expect(grants).toMatchObject([{ kind: 'promotional', remaining: 1000, expiresOn: '2099-12-31' }]);
}

/** WHMCS tells the refund again. */
async function hearAgain(invoice: number): Promise<void> {
  const { results } = await parts.receiver.receive([
    hookItem('InvoiceRefunded', { invoiceid: invoice }),
  ]);
  expect(results).toMatchObject([{ outcome: 'accepted' }]);
  await settleLedger(installation);
}

/** The sweep looks when the refund is an hour old. */
async function foundLater(invoice: number): Promise<void> {
  await installation.database.query(
    'UPDATE tblaccounts SET date = NOW() - INTERVAL 1 HOUR WHERE invoiceid = ? AND amountout > 0',
    [invoice],
  );
  await parts.reconciliation.lookAtAll();
  await settleLedger(installation);
}

async function freeze(client: number): Promise<void> {
  await installation.database.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
    [client],
  );
}

async function toldOf(invoice: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ? AND rule = 'refund-to-credit' ORDER BY created_at",
    [invoice],
  );
  return rows.map(({ text }) => text);
}

async function decisionAbout(invoice: number) {
  const [row] = await installation.database.query<{ outcome: string; amount: number }>(
    `SELECT outcome, CAST(amount_hundredths AS SIGNED) AS amount FROM mod_creditbridge_decisions
     WHERE invoice_id = ? AND rule = 'refund-to-credit'`,
    [invoice],
  );
  return row;
}

/** The trial, as the admin starts it on the Connection page. */
async function tryReturning(): Promise<void> {
  const client = await addClient(installation.database.root);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = await postAct(admin, 'connection', 'trial-return', { client: String(client) });
  expect(page.body).toContain('keeps its credit');
}
