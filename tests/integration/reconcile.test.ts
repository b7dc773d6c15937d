import { describe, expect, test } from 'vitest';
import { type DraftAct, plainTerms } from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { berlin, openReconciliation } from '../support/open-reconciliation.ts';
import { addDeposit, addInvoice, addPayment } from '../support/whmcs-rows.ts';
import { usualWhmcs } from '../support/whmcs-version.ts';

const {
  database,
  db,
  told,
  failing,
  now,
  hear,
  move,
  clientWith,
  findingsOf,
  look,
  commandsOf,
  withReturn,
  delivered,
  commanded,
} = await openReconciliation();

describe('sweeps', () => {
  test('an invoice cancelled without a hook is told of after ten minutes, once, and again after it was reopened', async () => {
    const client = await clientWith('0.00');
    const invoice = await addInvoice(database.root, {
      client,
      total: '20.00',
      credit: '20.00',
      status: 'Cancelled',
    });
    await look();
    expect(await findingsOf(client)).toMatchObject([{ outcome: 'waiting' }]);
    expect(told).toEqual([]);
    await look(10);
    expect(told).toEqual([['InvoiceCancelled', [invoice]]]);
    await look(10);
    expect(told).toHaveLength(1);
    await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [invoice]);
    await look();
    await database.query("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = ?", [invoice]);
    await look();
    await look(10);
    expect(told).toEqual([
      ['InvoiceCancelled', [invoice]],
      ['InvoiceCancelled', [invoice]],
    ]);
  });

  test('an invoice that the rules can not be told of keeps none of the others from being told', async () => {
    const client = await clientWith('0.00');
    const cancelled = { client, total: '20.00', credit: '20.00', status: 'Cancelled' };
    const invoices = [
      await addInvoice(database.root, cancelled),
      await addInvoice(database.root, cancelled),
      await addInvoice(database.root, cancelled),
    ];
    const [first = 0, broken = 0, last = 0] = invoices;
    failing.add(broken);
    await look();
    await look(10);
    expect(told.flatMap(([, ids]) => ids).toSorted()).toEqual([first, last].toSorted());
    const setAside = `set-aside:missed-cancellation:${broken}`;
    expect((await findingsOf(client)).map(({ fact, outcome }) => [fact, outcome])).toEqual(
      [
        [`cancelled:${first}`, 'told'],
        [`cancelled:${broken}`, 'waiting'],
        [`cancelled:${last}`, 'told'],
        [setAside, 'open'],
      ].toSorted(),
    );
    failing.clear();
    await look(1);
    expect(told.at(-1)).toEqual(['InvoiceCancelled', [broken]]);
    expect((await findingsOf(client)).map(({ fact }) => fact)).not.toContain(setAside);
  });

  test('a cancellation that a hook told, that we did ourselves or that nobody listens to is not told', async () => {
    const client = await clientWith('0.00');
    const cancelled = { client, total: '20.00', credit: '5.00', status: 'Cancelled' };
    const [withHook, ours] = [
      await addInvoice(database.root, cancelled),
      await addInvoice(database.root, cancelled),
    ];
    await delivered('InvoiceCancelled', withHook, client);
    await commanded('UpdateInvoice', ours, client);
    hear([]);
    const unheard = await addInvoice(database.root, cancelled);
    await look();
    await look(10);
    expect(told).toEqual([]);
    expect((await findingsOf(client)).map(({ fact, outcome }) => [fact, outcome])).toEqual(
      [
        [`cancelled:${withHook}`, 'hook'],
        [`cancelled:${ours}`, 'ours'],
        [`cancelled:${unheard}`, 'nobody'],
      ].toSorted(),
    );
  });

  test('a refund of an invoice with credit on it is told after ten minutes, once for each; of one without credit, from before, or that nobody hears, nothing is told', async () => {
    hear(['InvoiceRefunded']);
    const client = await clientWith('20.00');
    const paid = { client, total: '30.00', status: 'Paid' };
    const [withCredit, without, unheard] = [
      await addInvoice(database.root, paid),
      await addInvoice(database.root, paid),
      await addInvoice(database.root, paid),
    ];
    const putOn = new Map([
      [await move(client, '-10.00'), withCredit],
      [await move(client, '-5.00'), unheard],
    ]);
    await mirrorLog(db, ({ id }) => {
      const invoiceId = putOn.get(id);
      return invoiceId === undefined
        ? null
        : { kind: 'invoice', act: { do: 'spend', grants: [] }, invoiceId };
    });
    const refund = async (invoice: number, amountOut: string, at = berlin(now())) => {
      const id = await addPayment(database.root, { client, invoice, amountOut });
      await database.query('UPDATE tblaccounts SET date = ? WHERE id = ?', [at, id]);
      return id;
    };
    await look();
    await refund(withCredit, '2.00', '2026-11-01 10:00:00');
    const first = await refund(withCredit, '5.00');
    await refund(without, '5.00');
    await look(9);
    expect(told).toEqual([]);
    await look(2);
    await look(1);
    expect(told).toEqual([['InvoiceRefunded', [withCredit]]]);
    const second = await refund(withCredit, '5.00');
    await look(11);
    expect(told).toHaveLength(2);
    hear([]);
    const third = await refund(unheard, '5.00');
    await look(11);
    hear(['InvoiceRefunded']);
    await look(1);
    expect(told).toHaveLength(2);
    const found = (await findingsOf(client)).filter(({ kind }) => kind === 'refunded');
    expect(found.map(({ fact, outcome }) => [fact, outcome])).toEqual(
      [
        [`refunded:${withCredit}:${first}:0`, 'told'],
        [`refunded:${withCredit}:${second}:0`, 'told'],
        [`refunded:${unheard}:${third}:0`, 'nobody'],
      ].toSorted(),
    );
  });

  test('a payment whose hook never came is told once; one that was delivered is not', async () => {
    const client = await clientWith('0.00');
    const paid = { client, total: '30.00', status: 'Paid' };
    const [lost, came] = [
      await addDeposit(database.root, paid),
      await addDeposit(database.root, paid),
    ];
    const old = await addDeposit(database.root, paid);
    await delivered('InvoicePaid', came, client);
    await database.query('UPDATE tblinvoices SET datepaid = ? WHERE id IN (?, ?)', [
      berlin(now()),
      lost,
      came,
    ]);
    await database.query("UPDATE tblinvoices SET datepaid = '2026-11-01 10:00:00' WHERE id = ?", [
      old,
    ]);
    await look();
    expect(told).toEqual([]);
    await look(11);
    await look(1);
    expect(told).toEqual([['InvoicePaid', [lost]]]);
    expect(await findingsOf(client)).toMatchObject([{ fact: `paid:${lost}`, outcome: 'told' }]);
  });

  test('an invoice that two mass payments paid is shown', async () => {
    const client = await clientWith('0.00');
    const target = await addInvoice(database.root, { client, total: '40.00', status: 'Paid' });
    const lines = [{ type: 'Invoice', amount: '40.00', relid: target }];
    const containers = [
      await addInvoice(database.root, { client, total: '40.00', status: 'Paid', lines }),
      await addInvoice(database.root, { client, total: '40.00', status: 'Paid', lines }),
    ];
    for (const one of containers) {
      await database.query('UPDATE tblinvoices SET datepaid = ? WHERE id = ?', [
        berlin(now()),
        one,
      ]);
      await delivered('InvoicePaid', one, client);
    }
    await look();
    await look();
    const found = (await findingsOf(client)).filter(({ kind }) => kind === 'paid-twice');
    expect(found).toHaveLength(1);
    expect(found[0]?.outcome).toBe('open');
    expect(found[0]?.text).toContain('has a total of 40.00 EUR and received 80.00 EUR');
  });

  test('money for an invoice that we had cancelled is shown, and for one that an admin cancelled is not', async () => {
    const client = await clientWith('0.00');
    const cancelled = { client, total: '25.00', status: 'Cancelled' };
    const [ours, theirs] = [
      await addInvoice(database.root, cancelled),
      await addInvoice(database.root, cancelled),
    ];
    await commanded('UpdateInvoice', ours, client);
    const payment = await addPayment(database.root, { client, invoice: ours, amountIn: '25.00' });
    await addPayment(database.root, { client, invoice: theirs, amountIn: '25.00' });
    await look();
    await look();
    const found = (await findingsOf(client)).filter(({ kind }) => kind === 'paid-after-cancel');
    expect(found.map(({ fact }) => fact)).toEqual([`paid-after-cancel:${payment}`]);
    expect(found[0]?.text).toContain('25.00 EUR was received on 2026-11-22');
    expect(found[0]?.text).toContain(
      usualWhmcs().isNine ? 'Leave the invoice cancelled' : 'Set the invoice back to Unpaid',
    );
  });

  test('a return on an invoice that left Cancelled is taken back by one command that names it', async () => {
    const { client, invoice, returned } = await withReturn();
    await look();
    expect(await commandsOf(client)).toEqual([]);
    await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [invoice]);
    await look();
    await look();
    const commands = await commandsOf(client);
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({ action: 'AddCredit', amount: 2000, hold: 2000 });
    expect(JSON.parse(commands[0]?.act ?? '')).toEqual({
      do: 'take-back',
      returns: String(returned),
    });
    expect(JSON.parse(commands[0]?.parameters ?? '')).toMatchObject({
      type: 'remove',
      amount: '20.00',
    });

    // WHMCS did it, and the ledger has seen it: nothing is left to do.
    await database.query(
      "UPDATE mod_creditbridge_commands SET state = 'done' WHERE client_id = ?",
      [client],
    );
    const row = await move(client, '-20.00');
    await mirrorLog(db, ({ id }) =>
      id === row
        ? { kind: 'take-back', act: { do: 'take-back', returns: returned }, invoiceId: invoice }
        : null,
    );
    await look();
    expect(await commandsOf(client)).toHaveLength(1);
    await expectCoherentLedger(database);
  });

  test('a return whose credit was spent waits for an admin', async () => {
    const spent = await withReturn();
    await move(spent.client, '-15.00');
    await mirrorLog(db);
    await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [spent.invoice]);
    await look();
    await look();
    expect((await findingsOf(spent.client)).at(-1)).toMatchObject({
      outcome: 'open',
      text: expect.stringContaining('The client has spent it since'),
    });
    expect(await commandsOf(spent.client)).toEqual([]);
  });

  test('a return of a frozen client is taken back after the unfreeze, unless an admin did it and closed that', async () => {
    const [frozen, byHand] = [await withReturn(), await withReturn()];
    for (const { client, invoice } of [frozen, byHand]) {
      await database.query(
        "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'x', 'admin:1', NOW())",
        [client],
      );
      await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [invoice]);
    }
    await look();
    await look();
    for (const { client } of [frozen, byHand]) {
      expect((await findingsOf(client)).at(-1)).toMatchObject({
        outcome: 'open',
        text: expect.stringContaining('so it is taken back after the unfreeze'),
      });
      expect(await commandsOf(client)).toEqual([]);
    }
    await database.query(
      "UPDATE mod_creditbridge_findings SET outcome = 'settled' WHERE client_id = ?",
      [byHand.client],
    );
    await database.query('DELETE FROM mod_creditbridge_frozen_clients');
    await look();
    expect(await commandsOf(frozen.client)).toMatchObject([{ action: 'AddCredit', amount: 2000 }]);
    expect(
      (await findingsOf(frozen.client)).map(({ fact, outcome }) => [fact, outcome]).slice(-2),
    ).toEqual([
      [`take-back-frozen:${frozen.returned}`, 'recorded'],
      [`take-back:${frozen.returned}`, 'asked'],
    ]);
    expect(await commandsOf(byHand.client)).toEqual([]);
  });

  test('a return after which the invoice no longer counts the credit is not taken back', async () => {
    const { client, invoice } = await withReturn();
    await database.query("UPDATE tblinvoices SET status = 'Unpaid', credit = 0 WHERE id = ?", [
      invoice,
    ]);
    await look();
    expect(await commandsOf(client)).toEqual([]);
  });

  test('of two returns only the one is taken back whose credit the invoice still counts', async () => {
    const { client, invoice, returned } = await withReturn();
    // The first one WHMCS made itself; what the invoice counts was put there again, and came back when it was cancelled.
    const again = await move(client, '-20.00');
    await mirrorLog(db, ({ id }) =>
      id === again
        ? { kind: 'invoice', act: { do: 'spend', grants: [] }, invoiceId: invoice }
        : null,
    );
    const back = await move(client, '20.00');
    await mirrorLog(db, ({ id }) =>
      id === back ? { kind: 'return', act: { do: 'return' }, invoiceId: invoice } : null,
    );
    await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [invoice]);
    await look();
    await look();
    const commands = await commandsOf(client);
    expect(commands).toHaveLength(1);
    expect(JSON.parse(commands[0]?.act ?? '').returns).not.toBe(String(returned));
    await expectCoherentLedger(database, { caughtUp: false });
  });

  test('credit that WHMCS itself took off an invoice stays with the client, whatever else the invoice counts', async () => {
    const { client, invoice, returned } = await withReturn();
    await database.query(
      "UPDATE mod_creditbridge_entries SET evidence = 'invoice' WHERE sequence = ?",
      [String(returned)],
    );
    // What is on it otherwise, no row of the log explains.
    await database.query("UPDATE tblinvoices SET status = 'Unpaid', credit = 30 WHERE id = ?", [
      invoice,
    ]);
    await look();
    expect(await commandsOf(client)).toEqual([]);
  });

  test('a false InvoiceCancelled does not hide a true cancellation that no hook tells', async () => {
    const client = await clientWith('0.00');
    const invoice = await addInvoice(database.root, {
      client,
      total: '20.00',
      credit: '5.00',
      status: 'Unpaid',
    });
    // Accepted in the end, with the rows as they were: see src/deliveries.
    await delivered('InvoiceCancelled', invoice, client);
    await database.query(
      "UPDATE mod_creditbridge_deliveries SET code = 'never-visible' WHERE invoice_id = ?",
      [invoice],
    );
    await look();
    await database.query("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = ?", [invoice]);
    hear(['InvoiceCancelled']);
    await look();
    await look(10);
    expect(told.at(-1)).toEqual(['InvoiceCancelled', [invoice]]);
  });

  // Last, because the clock goes on for a month.
  test('a refund that is no longer new makes no other fact of one that is', async () => {
    hear(['InvoiceRefunded']);
    const client = await clientWith('20.00');
    const invoice = await addInvoice(database.root, { client, total: '30.00', status: 'Paid' });
    const entryOf = async (amount: string, kind: 'invoice' | 'refund') => {
      const row = await move(client, amount);
      const act: DraftAct =
        kind === 'invoice'
          ? { do: 'spend', grants: [] }
          : { do: 'grant', ...plainTerms('refund'), fundsUnfunded: false };
      await mirrorLog(db, ({ id }) => (id === row ? { kind, act, invoiceId: invoice } : null));
      await database.query(
        'UPDATE mod_creditbridge_entries SET logged_on = ?, recorded_at = ? WHERE log_id = ?',
        [berlin(now()).slice(0, 10), berlin(now()), row],
      );
    };
    const DAY = 24 * 60;
    await entryOf('-10.00', 'invoice');
    const back = await addPayment(database.root, { client, invoice, amountOut: '5.00' });
    await database.query('UPDATE tblaccounts SET date = ? WHERE id = ?', [berlin(now()), back]);
    await look(11);
    await look(5 * DAY);
    await entryOf('3.00', 'refund');
    await look(2 * 60);
    const toldThen = told.filter(([, ids]) => ids.includes(invoice));
    expect(toldThen).toHaveLength(2);
    await look(26 * DAY);
    expect(told.filter(([, ids]) => ids.includes(invoice))).toEqual(toldThen);
  });
});
