import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { recordEntries } from '../../src/books/index.ts';
import { connect, inTransaction } from '../../src/db/index.ts';
import { mergesNear } from '../../src/follow/evidence/merges-near.ts';
import type { EntryDraft } from '../../src/ledger/index.ts';
import { createReconciliation, type MissedHook } from '../../src/reconcile/index.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { beginLedger, type Explain, mirrorLog } from '../support/mirror-log.ts';
import { reorderStoredJson } from '../support/reorder-stored-json.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addPayment,
} from '../support/whmcs-rows.ts';
import { usualWhmcs } from '../support/whmcs-version.ts';

const MINUTE_MS = 60_000;

const database = await createServiceDatabase(testDatabaseServer());
await reorderStoredJson(database);
const db = connect(database.serviceUrl, 6);
const told: [MissedHook, readonly number[]][] = [];
let now = Date.parse('2026-11-22T09:00:00Z');
let heard: readonly string[] = [];
/** Invoices of which the rules can't be told. */
const failing = new Set<number>();
const reconciliation = createReconciliation({
  db,
  newId,
  tellMissed: async (hook, invoiceIds) => {
    if (invoiceIds.some((id) => failing.has(id))) throw new Error('This one can not be told.');
    if (invoiceIds.length > 0) told.push([hook, invoiceIds]);
  },
  heardPoints: async () => new Set(heard),
  zone: async () => 'Europe/Berlin',
  eachAlone: eachAloneOf(db),
  now: () => now,
  log: createLogger('silent'),
});

beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(db);
  // The first round takes stock.
  await reconciliation.lookAtAll();
});

beforeEach(() => {
  told.length = 0;
  heard = ['InvoicePaid', 'InvoiceCancelled', 'AddFunds'];
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Balance and log together, as WHMCS keeps them. */
async function move(client: number, amount: string, description = 'By hand'): Promise<number> {
  await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [amount, client]);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-22', ?, ?)",
    [client, description, amount],
  );
  const [row] = await database.query<{ id: number }>('SELECT MAX(id) AS id FROM tblcredit');
  return row?.id ?? 0;
}

async function clientWith(amount: string, currency = 1): Promise<number> {
  const client = await addClient(database.root, { currency });
  if (amount !== '0.00') await move(client, amount);
  await mirrorLog(db);
  return client;
}

const driftOf = (client: number) =>
  database.query<{ state: string; whmcs: number; ledger: number }>(
    'SELECT state, whmcs_hundredths AS whmcs, ledger_hundredths AS ledger FROM mod_creditbridge_drifts WHERE client_id = ?',
    [client],
  );
const findingsOf = (client: number) =>
  database.query<{ fact: string; kind: string; outcome: string; text: string }>(
    'SELECT fact, kind, outcome, text FROM mod_creditbridge_findings WHERE client_id = ? ORDER BY fact',
    [client],
  );
const noticesOf = (client: number) =>
  database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE client_id = ? AND rule = 'reconcile'",
    [client],
  );
const grantsOf = (client: number) =>
  database.query<{ kind: string; remaining: number; expires_on: string | null; currency: number }>(
    'SELECT kind, remaining_hundredths AS remaining, expires_on, currency_id AS currency FROM mod_creditbridge_grants WHERE client_id = ? AND remaining_hundredths > 0 ORDER BY id',
    [client],
  );
const look = (minutesLater = 1) => {
  now += minutesLater * MINUTE_MS;
  return reconciliation.look();
};

describe('drift', () => {
  test('a balance that was overwritten is suspected, opens after five minutes, and is announced once', async () => {
    const client = await clientWith('50.00');
    await look();
    expect(await driftOf(client)).toEqual([]);
    await database.query('UPDATE tblclients SET credit = 70 WHERE id = ?', [client]);
    await look();
    expect(await driftOf(client)).toEqual([{ state: 'suspected', whmcs: 7000, ledger: 5000 }]);
    await look(4);
    expect((await driftOf(client))[0]?.state).toBe('suspected');
    await look(1);
    expect((await driftOf(client))[0]?.state).toBe('open');
    await look();
    const notices = await noticesOf(client);
    expect(notices).toHaveLength(1);
    expect(notices[0]?.text).toContain('70.00 of credit, the ledger says 50.00');
    expect(await reconciliation.lookAtAll({ clientId: client })).toMatchObject({
      isFollowing: true,
      isComplete: true,
      needs: { open: 1 },
    });

    // The client goes on using credit: the figures move, the difference stays.
    await move(client, '-5.00');
    await mirrorLog(db);
    await look();
    expect(await driftOf(client)).toEqual([{ state: 'open', whmcs: 6500, ledger: 4500 }]);
    await database.query('UPDATE tblclients SET credit = 45 WHERE id = ?', [client]);
    await look();
    expect(await driftOf(client)).toEqual([]);
  });

  test('a difference that is another one at the second look begins anew', async () => {
    const client = await clientWith('10.00');
    await database.query('UPDATE tblclients SET credit = 11 WHERE id = ?', [client]);
    await look();
    await database.query('UPDATE tblclients SET credit = 12 WHERE id = ?', [client]);
    await look(6);
    expect(await driftOf(client)).toEqual([{ state: 'suspected', whmcs: 1200, ledger: 1000 }]);
    await database.query('UPDATE tblclients SET credit = 10 WHERE id = ?', [client]);
    await look();
  });

  test('a client whose newest rows the ledger has not read is left for the next look', async () => {
    const [busy, other] = [await clientWith('10.00'), await clientWith('10.00')];
    await move(busy, '5.00');
    await database.query('UPDATE tblclients SET credit = 1 WHERE id = ?', [other]);
    expect(await look()).toMatchObject({ isComplete: false });
    expect(await driftOf(busy)).toEqual([]);
    expect(await driftOf(other)).toHaveLength(1);
    await mirrorLog(db);
    await database.query('UPDATE tblclients SET credit = 10 WHERE id = ?', [other]);
    expect(await look()).toMatchObject({ isComplete: true });
  });

  test('a balance that came without any row, for a client the ledger never saw', async () => {
    const client = await addClient(database.root, { credit: '3.00' });
    await look();
    await look(5);
    expect(await driftOf(client)).toEqual([{ state: 'open', whmcs: 300, ledger: 0 }]);
    await database.query('UPDATE tblclients SET credit = 0 WHERE id = ?', [client]);
    await look();
  });

  test('traffic of many at once, balance and log in two statements, never becomes drift', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => clientWith('0.00')));
    let running = true;
    const traffic = clients.flatMap((client) =>
      Array.from({ length: 2 }, async () => {
        // Always the same amount: the figures of a half-written movement look alike again and again.
        for (let n = 0; n < 40; n++) await move(client, n % 2 === 0 ? '1.00' : '-1.00');
      }),
    );
    const looking = (async () => {
      while (running) {
        await mirrorLog(db);
        await look(6);
      }
    })();
    await Promise.all(traffic);
    running = false;
    await looking;
    await mirrorLog(db);
    await look(6);
    for (const client of clients) {
      expect(await driftOf(client)).toEqual([]);
      expect(await noticesOf(client)).toEqual([]);
    }
    await expectCoherentLedger(database);
  });

  test('nothing is judged while the ledger does not follow', async () => {
    await database.query("UPDATE mod_creditbridge_tail SET state = 'stopped'");
    const client = await addClient(database.root, { credit: '9.00' });
    expect(await look()).toEqual({ isFollowing: false, isComplete: false, opened: 0 });
    expect(await driftOf(client)).toEqual([]);
    await database.query("UPDATE mod_creditbridge_tail SET state = 'following'");
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
  });
});

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

  test('the account of a client who is gone that can not be ended keeps none of the others open', async () => {
    const [broken, other] = [await clientWith('3.00'), await clientWith('4.00')];
    await database.query('DELETE FROM tblclients WHERE id IN (?, ?)', [broken, other]);
    await look();
    await database.query(
      `CREATE TRIGGER break_it BEFORE INSERT ON mod_creditbridge_entries FOR EACH ROW
       IF NEW.client_id = ${broken} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
    );
    try {
      await look(10);
    } finally {
      await database.query('DROP TRIGGER break_it');
    }
    expect(await balanceOf(broken)).toEqual([{ balance: 300, currency: 1 }]);
    expect(await balanceOf(other)).toEqual([{ balance: 0, currency: 1 }]);
    await look(1);
    expect(await balanceOf(broken)).toEqual([{ balance: 0, currency: 1 }]);
  });

  test('a merge that can not be read keeps none of the others from being noted', async () => {
    const into = await clientWith('1.00');
    const gone = await addClient(database.root);
    await database.query('DELETE FROM tblclients WHERE id = ?', [gone]);
    await delivered('AfterClientMerge', null, into, '{"data": {"fromUserID"');
    await mergeDelivered(gone, into);
    await look();
    expect((await findingsOf(gone)).map(({ fact }) => fact)).toEqual([`merged:${gone}:${into}`]);
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
    heard = [];
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
      berlin(now),
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
      await database.query('UPDATE tblinvoices SET datepaid = ? WHERE id = ?', [berlin(now), one]);
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

  test('a return whose credit was spent, and one of a frozen client, wait for an admin', async () => {
    const spent = await withReturn();
    await move(spent.client, '-15.00');
    const frozen = await withReturn();
    await database.query(
      "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'x', 'admin:1', NOW())",
      [frozen.client],
    );
    await mirrorLog(db);
    for (const { invoice } of [spent, frozen]) {
      await database.query("UPDATE tblinvoices SET status = 'Unpaid' WHERE id = ?", [invoice]);
    }
    await look();
    await look();
    expect((await findingsOf(spent.client)).at(-1)).toMatchObject({
      outcome: 'open',
      text: expect.stringContaining('The client has spent it since'),
    });
    expect((await findingsOf(frozen.client)).at(-1)?.text).toContain('The client is frozen');
    expect([...(await commandsOf(spent.client)), ...(await commandsOf(frozen.client))]).toEqual([]);
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

  test('the account of a deleted client is closed, also when its rows go later', async () => {
    const client = await clientWith('12.00');
    await move(client, '-2.00', 'Something about a person');
    await mirrorLog(db);
    await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
    await look();
    // A hook may still say that the client was merged.
    expect(await findingsOf(client)).toMatchObject([{ kind: 'gone', outcome: 'waiting' }]);
    await look(10);
    expect(await balanceOf(client)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await findingsOf(client)).toMatchObject([{ kind: 'gone', outcome: 'recorded' }]);
    await expectCoherentLedger(database, { caughtUp: false });

    // The daily comparison takes back a row that went with the client.
    await takeBackRow(client);
    await look();
    expect(await balanceOf(client)).toEqual([{ balance: 0, currency: 1 }]);
    await database.query('DELETE FROM tblcredit WHERE clientid = ?', [client]);
    await expectCoherentLedger(database, { caughtUp: false });
  });

  test('a merged client’s grants go with the credit, with their kinds and days', async () => {
    const into = await clientWith('1.00');
    const from = await addClient(database.root);
    await promotional(from, '15.00');
    await move(from, '4.00');
    await mirrorLog(db);
    await mergeDelivered(from, into);
    await removeClient(from);
    await database.query('UPDATE tblclients SET credit = credit + 19 WHERE id = ?', [into]);
    await look();
    expect(await balanceOf(from)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await grantsOf(into)).toEqual([
      { kind: 'adjustment', remaining: 100, expires_on: null, currency: 1 },
      { kind: 'promotional', remaining: 1500, expires_on: '2027-01-31', currency: 1 },
      { kind: 'adjustment', remaining: 400, expires_on: null, currency: 1 },
    ]);
    await look(6);
    expect(await driftOf(into)).toEqual([]);
    await expectCoherentLedger(database, { caughtUp: false });
  });

  describe('a signed but false AfterClientMerge', () => {
    const denied = async (client: number) =>
      (await findingsOf(client)).filter(({ kind }) => kind === 'merge-denied');
    const merged = async (client: number) =>
      (await findingsOf(client)).filter(({ kind }) => kind === 'merged');

    test.each([
      ['both clients are there', 'is still in WHMCS', []],
      [
        'neither is there',
        'is not in WHMCS',
        ['DELETE FROM tblclients WHERE id IN (:from, :into)'],
      ],
      [
        'the rows of the log still belong to the old one',
        'rows of the credit log still belong to',
        ['DELETE FROM tblclients WHERE id = :from'],
      ],
      [
        'an invoice still belongs to the old one',
        'invoices still belong to',
        [
          'DELETE FROM tblclients WHERE id = :from',
          'DELETE FROM tblcredit WHERE clientid = :from',
          'UPDATE tblinvoices SET userid = :from WHERE id = :invoice',
        ],
      ],
    ] as const)('marks nothing as merged while %s, and says so', async (_, doubt, statements) => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      const invoice = await addInvoice(database.root, { client: into, total: '5.00' });
      const ids = { from, into, invoice };
      for (const statement of statements) {
        await database.query(
          statement.replaceAll(/:(from|into|invoice)/g, (_match, name: keyof typeof ids) =>
            String(ids[name]),
          ),
        );
      }
      await mergeDelivered(from, into);
      await look();
      // WHMCS may still be at it.
      expect([await merged(from), await denied(from)]).toEqual([[], []]);
      await look(10);
      expect(await merged(from)).toEqual([]);
      expect(await denied(from)).toMatchObject([
        { outcome: 'open', text: expect.stringContaining(doubt) },
      ]);
    });

    test('is no merge of a client whose invoices went to somebody else', async () => {
      const [into, other] = [await clientWith('1.00'), await clientWith('1.00')];
      const { client: from, invoice } = await withReturn();
      await database.query('UPDATE tblinvoices SET userid = ? WHERE id = ?', [other, invoice]);
      await removeClient(from);
      await mergeDelivered(from, into);
      await look(10);
      // Where its credit went is told by who owns its invoices.
      expect(await merged(from)).toMatchObject([
        { text: expect.stringContaining(`was merged into client #${other}`) },
      ]);
      expect((await denied(from))[0]?.text).toContain(`no invoice of client #${from} belongs to`);
    });

    test('explains no row of the log as a merge; a true one does, also when its delivery lost its content', async () => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      const day = new Date(now).toISOString().slice(0, 10);
      const proofs = async () => {
        const found = await inTransaction(db, (trx) =>
          mergesNear(trx, { clientIds: [into], from: day, to: day }),
        );
        return found.map(({ clientId, on }) => ({ clientId, on }));
      };
      await mergeDelivered(from, into);
      expect(await proofs()).toEqual([]);
      await removeClient(from);
      expect(await proofs()).toEqual([{ clientId: into, on: day }]);
      await look();
      await database.query(
        'UPDATE mod_creditbridge_deliveries SET item = NULL WHERE client_id = ?',
        [into],
      );
      expect(await proofs()).toEqual([{ clientId: into, on: day }]);
    });

    test('leaves the account open, and the true merge afterwards carries the credit on', async () => {
      const [into, from] = [await clientWith('1.00'), await clientWith('6.00')];
      await mergeDelivered(from, into);
      await look(11);
      expect(await denied(from)).toMatchObject([{ outcome: 'open' }]);
      expect(await balanceOf(from)).toEqual([{ balance: 600, currency: 1 }]);

      await removeClient(from);
      await database.query('UPDATE tblclients SET credit = credit + 6 WHERE id = ?', [into]);
      await mergeDelivered(from, into);
      await look();
      expect(await merged(from)).toMatchObject([
        { text: expect.stringContaining('its credit went with it') },
        { outcome: 'recorded', text: `Client #${from} was merged into client #${into}.` },
      ]);
      expect(await denied(from)).toMatchObject([{ outcome: 'recorded' }]);
      expect(await balanceOf(from)).toEqual([{ balance: 0, currency: 1 }]);
      expect(await driftOf(into)).toEqual([]);
    });
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
    heard = ['InvoiceCancelled'];
    await look();
    await look(10);
    expect(told.at(-1)).toEqual(['InvoiceCancelled', [invoice]]);
  });

  test('a merge that lost the credit is shown, and one that moved the rows is left to comparing', async () => {
    const into = await clientWith('0.00');
    const lost = await clientWith('8.00');
    await mergeDelivered(lost, into);
    await removeClient(lost);
    const moved = await clientWith('7.00');
    await mergeDelivered(moved, into);
    await database.query('DELETE FROM tblclients WHERE id = ?', [moved]);
    await database.query('UPDATE tblcredit SET clientid = ? WHERE clientid = ?', [into, moved]);
    await look();
    expect(
      (await findingsOf(lost)).find(({ fact }) => fact.startsWith('merge-credit:')),
    ).toMatchObject({
      outcome: 'open',
      text: expect.stringContaining('did not grow by its credit'),
    });
    expect(await balanceOf(lost)).toEqual([{ balance: 0, currency: 1 }]);
    expect(await balanceOf(moved)).toEqual([{ balance: 700, currency: 1 }]);
    await takeBackRow(moved);
    await look();
    expect(await balanceOf(moved)).toEqual([{ balance: 0, currency: 1 }]);
  });

  test('a changed currency closes one account and opens the other with the same grants', async () => {
    const client = await addClient(database.root, { currency: 2 });
    await promotional(client, '30.00');
    await move(client, '10.00');
    await mirrorLog(db);
    await database.query('UPDATE tblclients SET currency = 3 WHERE id = ?', [client]);
    await look();
    expect(await balanceOf(client)).toEqual([
      { balance: 0, currency: 2 },
      { balance: 4000, currency: 3 },
    ]);
    expect(await grantsOf(client)).toEqual([
      { kind: 'promotional', remaining: 3000, expires_on: '2027-01-31', currency: 3 },
      { kind: 'adjustment', remaining: 1000, expires_on: null, currency: 3 },
    ]);
    expect((await findingsOf(client))[0]?.text).toContain('WHMCS does not convert credit');
    await look(6);
    expect(await driftOf(client)).toEqual([]);
    await expectCoherentLedger(database, { caughtUp: false });
  });
});

/** What comparing the log does about the first row of a client that is not as it was. */
async function takeBackRow(client: number): Promise<void> {
  const [row] = await database.query<{ sequence: number; log_id: number; amount: number }>(
    'SELECT sequence, log_id, amount_hundredths AS amount FROM mod_creditbridge_entries WHERE client_id = ? AND log_id IS NOT NULL ORDER BY sequence LIMIT 1',
    [client],
  );
  if (row === undefined) throw new Error(`Client ${client} has no row in the ledger.`);
  const corrects = BigInt(row.sequence);
  const draft: EntryDraft = {
    clientId: client,
    currencyId: 1,
    direction: 'out',
    corrects,
    amountHundredths: BigInt(row.amount),
    explained: {
      kind: 'manual',
      invoiceId: null,
      commandId: null,
      adminId: null,
      evidence: 'none',
      reason: 'The row is gone',
      act: { do: 'correct', corrects },
    },
    row: { id: row.log_id, revision: 1, on: null, description: '', sha256: Buffer.alloc(32) },
  };
  await inTransaction(db, (trx) => recordEntries(trx, [draft], { at: new Date(now) }));
}

const balanceOf = (client: number) =>
  database.query<{ balance: number; currency: number }>(
    'SELECT balance_hundredths AS balance, currency_id AS currency FROM mod_creditbridge_accounts WHERE client_id = ? ORDER BY currency_id',
    [client],
  );

const commandsOf = (client: number) =>
  database.query<{ action: string; amount: number; hold: number; act: string; parameters: string }>(
    `SELECT k.action, k.amount_hundredths AS amount, k.hold_hundredths AS hold, t.act, k.parameters
     FROM mod_creditbridge_commands k JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
     WHERE k.client_id = ?`,
    [client],
  );

/** Credit was put on an invoice, it was cancelled, and the credit came back while the invoice still counts it. */
async function withReturn() {
  const client = await clientWith('20.00');
  const invoice = await addInvoice(database.root, {
    client,
    total: '20.00',
    credit: '20.00',
    status: 'Cancelled',
  });
  const explain =
    (wanted: number, then: ReturnType<Explain>): Explain =>
    ({ id }) =>
      id === wanted ? then : null;
  const applied = await move(client, '-20.00');
  await mirrorLog(
    db,
    explain(applied, { kind: 'invoice', act: { do: 'spend', grants: [] }, invoiceId: invoice }),
  );
  const back = await move(client, '20.00');
  await mirrorLog(db, explain(back, { kind: 'return', act: { do: 'return' }, invoiceId: invoice }));
  const [entry] = await database.query<{ sequence: number }>(
    'SELECT sequence FROM mod_creditbridge_entries WHERE log_id = ?',
    [back],
  );
  return { client, invoice, returned: BigInt(entry?.sequence ?? 0) };
}

async function promotional(client: number, amount: string): Promise<void> {
  const row = await move(client, amount);
  await mirrorLog(db, ({ id }) =>
    id !== row
      ? null
      : {
          kind: 'bonus',
          act: {
            do: 'grant',
            kind: 'promotional',
            startsOn: null,
            expiresOn: '2027-01-31',
            priority: 50,
            refundable: false,
            followsInvoiceId: null,
            rule: 'deposit-bonus',
            fundsUnfunded: false,
          },
        },
  );
}

async function delivered(hook: string, invoice: number | null, client: number, item = '{}') {
  const at = new Date(now).toISOString().slice(0, 23).replace('T', ' ');
  await database.query(
    `INSERT INTO mod_creditbridge_deliveries (id, type, item_sha256, item, outcome, invoice_id, client_id, fired_at, received_at)
     VALUES (?, ?, REPEAT('x', 32), ?, 'accepted', ?, ?, ?, ?)`,
    [newId(), hook, item, invoice, client, at, at],
  );
}

/** As WHMCS removes a client: with the rows of the log. */
async function removeClient(client: number): Promise<void> {
  await database.query('DELETE FROM tblclients WHERE id = ?', [client]);
  await database.query('DELETE FROM tblcredit WHERE clientid = ?', [client]);
}

function mergeDelivered(from: number, to: number) {
  const item = JSON.stringify({ data: { fromUserID: from, toUserID: to } });
  return delivered('AfterClientMerge', null, to, item);
}

async function commanded(action: string, invoice: number, client: number): Promise<void> {
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, client_id, invoice_id, action, parameters, expects, rule, state, created_at)
     VALUES (?, ?, ?, ?, ?, '{}', '{}', 'deposit-limits', 'done', NOW())`,
    [newId(), `deposit-limits:invoice:${invoice}`, client, invoice, action],
  );
}

/** Winter: an hour ahead of UTC. */
function berlin(at: number): string {
  return new Date(at + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
