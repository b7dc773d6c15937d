import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/api/endpoints/explain.ts';
import { createApiContext } from '../../src/app/create-api-context.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { grantStory, invoiceStory } from '../../src/books/index.ts';
import { readBooks } from '../../src/cli/doctor/read-books.ts';
import { connect, inTransaction, lookAtNotes } from '../../src/db/index.ts';
import { loadFacts } from '../../src/deciding/facts/load-facts.ts';
import { invoicesAbout } from '../../src/follow/evidence/invoices-about.ts';
import { paymentsNear } from '../../src/follow/evidence/payments-near.ts';
import { createMoneyBack } from '../../src/follow/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import { witnessedNow } from '../../src/operations/index.ts';
import { invoiceSweeps } from '../../src/reconcile/sweeps/index.ts';
import type { Facts } from '../../src/rules/index.ts';
import { refundedGrants } from '../../src/runs/index.ts';
import { invoiceNow } from '../../src/whmcs/index.ts';
import { becomeNine } from '../support/become-nine.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { visitPages } from '../support/page-visitor.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addNote,
  addPayment,
} from '../support/whmcs-rows.ts';

// Money is money: on 9.x a row of tblaccounts may be a note, and none of these places takes it for money (whmcs.md §2.2).

const database = await createServiceDatabase(testDatabaseServer(), { whmcs: '8.13' });
const db = connect(database.serviceUrl, 4);
const where = database.root;
const DAY = '2026-11-22';
const moneyBack = createMoneyBack(db);
const NEVER_ASKED = { mark: 'test', stoppedMark: 'test-stopped' };

beforeAll(async () => {
  await addCurrencies(where);
  await beginLedger(db);
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** The facts that rules get about an invoice. */
async function factsOf(client: number, invoice: number): Promise<Facts> {
  const loaded = await inTransaction(db, (trx) =>
    loadFacts(trx, {
      clientIds: [client],
      invoiceIds: [invoice],
      needs: new Set(['invoice', 'openInvoices', 'received']),
      zone: 'Europe/Berlin',
      at: new Date(`${DAY}T12:00:00Z`),
    }),
  );
  const facts = loaded.factsFor(client, invoice);
  if (facts === null) throw new Error(`There are no facts about invoice ${invoice}.`);
  return facts;
}

const about = async (invoice: number) =>
  (await inTransaction(db, (trx) => invoicesAbout(trx, [invoice]))).get(invoice);

async function sweep(name: string, client: number): Promise<readonly string[]> {
  await invoiceSweeps[name]?.(
    { from: 0, to: 1_000_000 },
    {
      db,
      eachAlone: eachAloneOf(db),
      at: new Date(),
      tellMissed: async () => undefined,
      newId,
      isHeard: () => false,
      paid: { since: '2026-01-01 00:00:00', until: '2027-01-01 00:00:00' },
      beganAtInvoice: 0,
      isFirstRound: false,
    },
  );
  const found = await database.query<{ text: string }>(
    'SELECT text FROM mod_creditbridge_findings WHERE client_id = ?',
    [client],
  );
  return found.map(({ text }) => text);
}

/** A deposit of 50.00 that money paid, with a bonus of 5.00 that follows it. */
async function depositWithBonus(): Promise<{ client: number; deposit: number; bonus: bigint }> {
  const client = await addClient(where);
  const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
  await addPayment(where, { client, invoice: deposit, amountIn: '50.00' });
  await database.query(
    `INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '${DAY}', 'Deposit', 50), (?, '${DAY}', 'Bonus', 5)`,
    [client, client],
  );
  await mirrorLog(db, ({ description }) =>
    description === 'Deposit'
      ? {
          kind: 'deposit',
          evidence: 'payment',
          invoiceId: deposit,
          act: { do: 'grant', ...plainTerms('paid'), fundsUnfunded: false },
        }
      : {
          kind: 'bonus',
          act: {
            do: 'grant',
            ...plainTerms('promotional'),
            followsInvoiceId: deposit,
            fundsUnfunded: false,
          },
        },
  );
  const [bonus] = await database.query<{ id: bigint }>(
    'SELECT id FROM mod_creditbridge_grants WHERE follows_invoice_id = ?',
    [deposit],
  );
  return { client, deposit, bonus: BigInt(bonus?.id ?? 0) };
}

describe('right after an upgrade that nobody has noticed', () => {
  let parts: Awaited<ReturnType<typeof createParts>>;

  beforeAll(async () => {
    parts = await createParts(
      { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
      { log: createLogger('silent'), now: Date.now },
    );
  });

  afterAll(() => parts.close());

  const page = async (invoice: number) => {
    const admin = visitPages(parts.pages.render, database.installation, 1);
    return (await admin.get('invoice', { id: String(invoice) })).html;
  };
  const api = async (invoice: number) => {
    const call = {
      params: { subject: 'invoice', id: String(invoice) },
      query: {},
      body: {},
      idempotencyKey: undefined,
      id: newId(),
      caller: { kind: 'admin', adminId: 1 },
    } as unknown as Parameters<typeof explain.answer>[0];
    const context = createApiContext(parts, { now: Date.now, onCommands: () => undefined });
    return JSON.stringify((await explain.answer(call, context)) as unknown);
  };

  test.each([
    ['the page of an invoice', page],
    ['an explanation of the API', api],
  ])('%s takes no note for money', async (_, show) => {
    const note = /credit note #/;
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '30.00' });
    expect(await show(invoice)).not.toMatch(note);
    await becomeNine(database);
    await grantAgain(database);
    await addNote(where, { client, invoice, amountIn: '10.00' });
    expect(await show(invoice)).toMatch(note);
    await where.query('DELETE FROM tblaccounts WHERE invoiceid = ?', [invoice]);
    await where.query(
      'ALTER TABLE tblaccounts DROP COLUMN billingnoteid, DROP COLUMN type, DROP COLUMN relid',
    );
    expect(await lookAtNotes(db)).toBe('absent');
  });
});

/** The same rows of money on both majors; on 9.x the tables have the column of notes, and the account may read it. */
describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await becomeNine(database);
    await grantAgain(database);
    expect(await lookAtNotes(db)).toBe('readable');
  });

  test('a payment of a part is received, leaves the rest open, and counts as an attempt', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '40.00' });
    await addPayment(where, { client, invoice, amountIn: '25.00' });
    const facts = await factsOf(client, invoice);
    expect(facts.invoice).toMatchObject({
      paidHundredths: 2500n,
      balanceHundredths: 1500n,
      creditHundredths: 0n,
      paymentAttempted: true,
    });
    expect(facts.receivedHundredths).toBe(2500n);
    expect(await witnessedNow(db, client, invoice)).toMatchObject({
      invoice: { creditHundredths: 0n, balanceHundredths: 1500n },
    });
  });

  test('a payment that is told several times is received once, also by a mass payment, until it is refunded', async () => {
    const client = await addClient(where);
    const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
    const container = await addInvoice(where, {
      client,
      total: '50.00',
      lines: [{ type: 'Invoice', amount: '50.00', relid: deposit }],
    });
    const told = { client, amountIn: '50.00', transaction: 'TX-1' };
    const received = async () => (await factsOf(client, deposit)).receivedHundredths;
    await addPayment(where, { ...told, invoice: deposit });
    const second = await addPayment(where, { ...told, invoice: deposit });
    expect(await received()).toBe(5000n);
    // The same transaction on another invoice is no repetition; there it may be repeated, too.
    for (let times = 0; times < 2; times += 1) {
      await addPayment(where, { ...told, invoice: container });
      expect(await received()).toBe(10_000n);
    }
    await addPayment(where, { client, invoice: deposit, amountOut: '50.00', refunds: second });
    expect(await received()).toBe(10_000n);
    await addPayment(where, { client, invoice: deposit, amountOut: '50.00' });
    expect(await received()).toBe(5000n);
  });

  test('doctor counts which formulas the newest invoices fit', async () => {
    const { formulas, paidWithoutNote } = await readBooks(db, major === '9.x');
    const fits = new Map(formulas.map((one) => [one.says, one]));
    const before = (says: string) => fits.get(says)?.fits ?? 0;
    const client = await addClient(where);
    await addInvoice(where, { client, total: '15.00', credit: '25.00' });
    await addInvoice(where, { client, total: '15.00', status: 'Paid' });
    const after = await readBooks(db, major === '9.x');
    const now = new Map(after.formulas.map((one) => [one.says, one.fits]));
    const gained = (says: string) => (now.get(says) ?? 0) - before(says);
    expect(gained('total = subtotal + tax + tax2')).toBe(1);
    expect(gained('total + credit = subtotal + tax + tax2')).toBe(2);
    expect(gained('credit is not 0, total = subtotal + tax + tax2')).toBe(0);
    expect(gained('credit is not 0, total + credit = subtotal + tax + tax2')).toBe(1);
    expect(gained('neither of both')).toBe(0);
    expect(gained('Paid: total = the sum of all rows of tblaccounts')).toBe(0);
    expect(paidWithoutNote).toBe(major === '9.x' ? 0 : undefined);
  });

  test('credit of 8.x on an invoice lowers its total, also after an upgrade', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '15.00', credit: '25.00' });
    expect((await factsOf(client, invoice)).invoice).toMatchObject({
      balanceHundredths: 1500n,
      creditHundredths: 2500n,
      paymentAttempted: false,
    });
    expect((await invoiceNow(db, invoice))?.money.arithmetic).toBe('net');
  });

  test('figures that do not add up compute nothing and are found, until they add up', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '40.00' });
    await database.query('UPDATE tblinvoices SET total = 39 WHERE id = ?', [invoice]);
    const facts = await factsOf(client, invoice);
    expect(facts.invoice?.balanceHundredths).toBe(0n);
    expect(await witnessedNow(db, client, invoice)).toMatchObject({
      invoice: { creditHundredths: null, balanceHundredths: null },
    });
    expect(await sweep('figures', client)).toEqual([
      expect.stringContaining('subtotal 40.00, tax 0.00, credit 0.00, total 39.00'),
    ]);
    await database.query('UPDATE tblinvoices SET total = 40 WHERE id = ?', [invoice]);
    expect(await sweep('figures', client)).toEqual([]);
  });

  test('the refund of a deposit makes the grants due that follow it, and its story tells the amount', async () => {
    const { client, deposit, bonus } = await depositWithBonus();
    await addPayment(where, { client, invoice: deposit, amountOut: '50.00' });
    await moneyBack.look(new Date());
    const due = await refundedGrants(db, NEVER_ASKED, null);
    expect(due.filter(({ id }) => id === bonus)).toMatchObject([{ clientId: client }]);
    expect((await grantStory(db, bonus - 1n))?.grant.withoutMoneyHundredths).toBe(5000n);
  });
});

describe('money that went back', () => {
  const withoutMoney = async (grant: bigint) =>
    (await grantStory(db, grant))?.grant.withoutMoneyHundredths;

  test('is found by a cursor, whatever the date of its row and although smaller ids come later', async () => {
    const { client, deposit, bonus } = await depositWithBonus();
    await moneyBack.look(new Date());
    const refund = { client, invoice: deposit, amountOut: '20.00' };
    const id = await addPayment(where, refund);
    await database.query("UPDATE tblaccounts SET date = '2019-01-01' WHERE id = ?", [id]);
    // A transaction that took the next id is not committed yet; a later one is.
    const gap = await addPayment(where, { ...refund, invoice: 0 });
    await database.query('DELETE FROM tblaccounts WHERE id = ?', [gap]);
    await addPayment(where, { ...refund, invoice: 0, amountOut: '0.01' });
    await moneyBack.look(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(2000n);

    const late = await addPayment(where, refund);
    await database.query('UPDATE tblaccounts SET id = ? WHERE id = ?', [gap, late]);
    await moneyBack.look(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(4000n);
  });

  test('is found also behind more rows than one look reads, after a long pause', async () => {
    const { client, deposit, bonus } = await depositWithBonus();
    await moneyBack.look(new Date());
    await payOut(client, 1700);
    await addPayment(where, { client, invoice: deposit, amountOut: '20.00' });
    await payOut(client, 1300);
    for (let look = 0; look < 3; look++) await moneyBack.look(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(2000n);
  });

  /** So many times a cent, without an invoice. */
  async function payOut(client: number, times: number): Promise<void> {
    const row = [client, 0, 'testgateway', '2026-11-22 10:00:00', '0.00', '0.01', 0, '', 0];
    await where.query(
      'INSERT IGNORE INTO tblaccounts (userid, currency, gateway, date, amountin, amountout, invoiceid, transid, refundid) VALUES ?',
      [Array.from({ length: times }, () => row)],
    );
  }

  test('because somebody deleted the payment is found by comparing all grants, and goes when it is back', async () => {
    const { client, deposit, bonus } = await depositWithBonus();
    await moneyBack.lookAtAll(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(0n);
    await database.query('DELETE FROM tblaccounts WHERE invoiceid = ?', [deposit]);
    await moneyBack.lookAtAll(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(5000n);
    expect(await findingsOf(client)).toEqual([expect.stringContaining('50.00 EUR of the payment')]);
    await addPayment(where, { client, invoice: deposit, amountIn: '50.00' });
    await moneyBack.lookAtAll(new Date());
    expect(await withoutMoney(bonus - 1n)).toBe(0n);
    expect(await findingsOf(client)).toEqual([]);
  });
});

async function findingsOf(client: number): Promise<readonly string[]> {
  const rows = await database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_findings WHERE client_id = ? AND outcome = 'open'",
    [client],
  );
  return rows.map(({ text }) => text);
}

describe('a note is no money', () => {
  test('of applied credit: nothing received, no attempt, and the rest is open', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '40.00' });
    const note = await addNote(where, { client, invoice, amountIn: '25.00' });
    const facts = await factsOf(client, invoice);
    expect(facts.invoice).toMatchObject({
      paidHundredths: 0n,
      balanceHundredths: 1500n,
      creditHundredths: 2500n,
      paymentAttempted: false,
    });
    expect(facts.openInvoices).toHaveLength(1);
    expect(await witnessedNow(db, client, invoice)).toMatchObject({
      invoice: { creditHundredths: 2500n, balanceHundredths: 1500n },
    });
    expect((await invoiceNow(db, invoice))?.money).toMatchObject({
      arithmetic: 'gross',
      receivedHundredths: 0n,
    });
    expect((await invoiceStory(db, invoice))?.whmcs?.notes).toEqual([
      { id: note, kind: 'credit', amountHundredths: 2500n },
    ]);
  });

  test('of a deposit that was marked Paid by hand: no money was received for it', async () => {
    const client = await addClient(where);
    const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
    await addNote(where, { client, invoice: deposit, amountIn: '50.00' });
    expect((await factsOf(client, deposit)).receivedHundredths).toBe(0n);
    expect(await about(deposit)).toMatchObject({
      receivedHundredths: 0n,
      everReceivedHundredths: 0n,
      paidHundredths: 0n,
      openHundredths: 0n,
    });
  });

  test('of a deposit paid through a mass payment that was marked Paid: nor is its share', async () => {
    const client = await addClient(where);
    const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
    const lines = [{ type: 'Invoice', amount: '50.00', relid: deposit }];
    const container = await addInvoice(where, { client, total: '50.00', status: 'Paid', lines });
    await addNote(where, { client, invoice: container, amountIn: '50.00' });
    await addNote(where, { client, invoice: deposit, amountIn: '50.00' });
    expect((await factsOf(client, deposit)).receivedHundredths).toBe(0n);
    expect((await about(deposit))?.everReceivedHundredths).toBe(0n);

    await addPayment(where, { client, invoice: container, amountIn: '50.00' });
    expect((await factsOf(client, deposit)).receivedHundredths).toBe(5000n);
  });

  test('of the target of a mass payment: it is not paid twice', async () => {
    const client = await addClient(where);
    const target = await addInvoice(where, { client, total: '40.00', status: 'Paid' });
    const lines = [{ type: 'Invoice', amount: '40.00', relid: target }];
    const container = await addInvoice(where, { client, total: '40.00', status: 'Paid', lines });
    await database.query(`UPDATE tblinvoices SET datepaid = '${DAY} 10:00:00' WHERE id = ?`, [
      container,
    ]);
    await addPayment(where, { client, invoice: container, amountIn: '40.00' });
    await addNote(where, { client, invoice: target, amountIn: '40.00' });
    expect(await sweep('paid-twice', client)).toEqual([]);

    await addPayment(where, { client, invoice: target, amountIn: '40.00' });
    expect(await sweep('paid-twice', client)).toEqual([
      expect.stringContaining('has a total of 40.00'),
    ]);
  });

  test('of a cancellation: it was not paid after our cancel', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '25.00', status: 'Cancelled' });
    await database.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, rule, urgency, state, created_at)
       VALUES (?, 'cancel', NULL, ?, ?, 'UpdateInvoice', '{}', '{}', 'test', 100, 'done', UTC_TIMESTAMP(6))`,
      [newId(), client, invoice],
    );
    await addNote(where, { client, invoice, amountIn: '25.00' });
    expect(await sweep('paid-after-cancel', client)).toEqual([]);

    await addPayment(where, { client, invoice, amountIn: '25.00' });
    const [told = '', ...others] = await sweep('paid-after-cancel', client);
    expect(others).toEqual([]);
    expect(told).toContain('25.00');
    // Reopening it would leave the note of its cancellation.
    expect(told).toContain('Leave the invoice cancelled');
    expect(told).not.toContain('back to Unpaid');
  });

  test('of used credit: a paid invoice without it is counted by doctor', async () => {
    const client = await addClient(where);
    const paid = { client, total: '10.00', status: 'Paid' };
    const [noted, without] = [await addInvoice(where, paid), await addInvoice(where, paid)];
    await addNote(where, { client, invoice: noted, amountIn: '10.00' });
    await database.query(
      `INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '${DAY}', 'Used ${noted}', -10), (?, '${DAY}', 'Used ${without}', -10)`,
      [client, client],
    );
    const { paidWithoutNote: before = 0 } = await readBooks(db, true);
    await mirrorLog(db, ({ description }) =>
      description.startsWith('Used ')
        ? {
            kind: 'invoice',
            invoiceId: Number(description.slice('Used '.length)),
            act: { do: 'spend', grants: [] },
          }
        : null,
    );
    const { paidWithoutNote: after = 0 } = await readBooks(db, true);
    expect(after - before).toBe(1);
  });

  test('of a cancellation: only the ledger tells whether credit was on the invoice', async () => {
    const client = await addClient(where);
    const cancelled = { client, total: '25.00', status: 'Cancelled' };
    const [withCredit, without] = [
      await addInvoice(where, cancelled),
      await addInvoice(where, cancelled),
    ];
    await addNote(where, { client, invoice: withCredit, amountIn: '25.00' });
    await addNote(where, { client, invoice: without, amountIn: '25.00' });
    await database.query(
      `INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '${DAY}', 'Used', -10)`,
      [client],
    );
    await mirrorLog(db, ({ description }) =>
      description === 'Used'
        ? { kind: 'invoice', invoiceId: withCredit, act: { do: 'spend', grants: [] } }
        : null,
    );
    expect(await sweep('cancelled', client)).toEqual([
      `Invoice #${withCredit} is cancelled and has credit on it.`,
    ]);
  });

  test('of a debit, such as a late fee or an overpayment: it is no refund', async () => {
    const { client, deposit, bonus } = await depositWithBonus();
    await addNote(where, { client, invoice: deposit, amountOut: '50.00' });
    await moneyBack.look(new Date());
    const due = await refundedGrants(db, NEVER_ASKED, null);
    expect(due.filter(({ id }) => id === bonus)).toEqual([]);
    expect((await grantStory(db, bonus - 1n))?.grant.withoutMoneyHundredths).toBe(0n);
    expect(await about(deposit)).toMatchObject({ refunds: [], paidHundredths: 5000n });
  });

  test('of a refund: the evidence has the refund once, and an invoice partly credited was overpaid by the surplus', async () => {
    const client = await addClient(where);
    const refunded = await addInvoice(where, { client, total: '30.00', status: 'Paid' });
    await addPayment(where, { client, invoice: refunded, amountIn: '30.00' });
    await addPayment(where, { client, invoice: refunded, amountOut: '10.00' });
    await addNote(where, { client, invoice: refunded, amountIn: '10.00' });
    expect(await about(refunded)).toMatchObject({
      refunds: [{ amountHundredths: 1000n }],
      notedHundredths: 0n,
    });

    const credited = await addInvoice(where, { client, total: '30.00', status: 'Paid' });
    await addNote(where, { client, invoice: credited, amountIn: '10.00' });
    await addPayment(where, { client, invoice: credited, amountIn: '27.00' });
    await addNote(where, { client, invoice: credited, amountOut: '7.00' });
    expect(await about(credited)).toMatchObject({
      paidHundredths: 2700n,
      notedHundredths: 1000n,
      openHundredths: 0n,
    });
  });

  test('of a debit: a late fee and credit taken off asked for more, the surplus of a payment did not', async () => {
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '30.00', status: 'Paid' });
    await addNote(where, { client, invoice, amountIn: '10.00' });
    await addNote(where, { client, invoice, amountOut: '4.00' });
    await addNote(where, { client, invoice, amountOut: '5.00' });
    await addPayment(where, { client, invoice, amountIn: '36.00' });
    await addNote(where, { client, invoice, amountOut: '7.00' });
    expect(await about(invoice)).toMatchObject({
      debitNotes: [400n, 500n, 700n],
      charges: [400n, 500n],
      openHundredths: 0n,
    });
  });

  test('nor one without an invoice: it is no payment near a row of the log', async () => {
    const client = await addClient(where);
    const payment = await addPayment(where, { client, amountIn: '9.00' });
    await addNote(where, { client, amountIn: '9.00' });
    const near = await inTransaction(db, (trx) =>
      paymentsNear(trx, { clientIds: [client], from: DAY, to: DAY }),
    );
    expect(near.map(({ id }) => id)).toEqual([payment]);
  });
});

describe('while the account may not read which rows are notes', () => {
  test('what is open is known, received money waits, and a deposit proves neither money nor credit', async () => {
    const user = new URL(database.serviceUrl).username;
    await database.query(`REVOKE SELECT (billingnoteid) ON tblaccounts FROM '${user}'@'%'`);
    expect(await lookAtNotes(db)).toBe('hidden');
    const client = await addClient(where);
    const invoice = await addInvoice(where, { client, total: '40.00' });
    await addNote(where, { client, invoice, amountIn: '25.00' });
    expect(await witnessedNow(db, client, invoice)).toMatchObject({
      invoice: { balanceHundredths: 1500n },
    });
    await expect(factsOf(client, invoice)).rejects.toMatchObject({ code: 'money-not-known' });
    const deposit = await addDeposit(where, { client, total: '50.00', status: 'Paid' });
    await addPayment(where, { client, invoice: deposit, amountIn: '50.00' });
    expect((await about(deposit))?.depositLines).toEqual([]);
    await grantAgain(database);
    expect(await lookAtNotes(db)).toBe('readable');
    expect((await factsOf(client, invoice)).invoice?.balanceHundredths).toBe(1500n);
    expect((await about(deposit))?.depositLines).toEqual([5000n]);
  });
});
