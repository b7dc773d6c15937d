import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { recordEntries } from '../../src/books/index.ts';
import { connect, inTransaction } from '../../src/db/index.ts';
import type { EntryDraft } from '../../src/ledger/index.ts';
import { createReconciliation, type MissedHook } from '../../src/reconcile/index.ts';
import { eachAloneOf } from './each-alone-of.ts';
import { beginLedger, type Explain, mirrorLog } from './mirror-log.ts';
import { reorderStoredJson } from './reorder-stored-json.ts';
import { createServiceDatabase } from './service-database.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { addClient, addCurrencies, addInvoice } from './whmcs-rows.ts';

const MINUTE_MS = 60_000;

/**
 * What compares WHMCS with the ledger, on a database and a clock of its own, for one test file: to be called where it begins,
 * outside of any test.
 */
export async function openReconciliation() {
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
    await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
      amount,
      client,
    ]);
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
    database.query<{
      kind: string;
      remaining: number;
      expires_on: string | null;
      currency: number;
    }>(
      'SELECT kind, remaining_hundredths AS remaining, expires_on, currency_id AS currency FROM mod_creditbridge_grants WHERE client_id = ? AND remaining_hundredths > 0 ORDER BY id',
      [client],
    );

  const look = (minutesLater = 1) => {
    now += minutesLater * MINUTE_MS;
    return reconciliation.look();
  };

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
    database.query<{
      action: string;
      amount: number;
      hold: number;
      act: string;
      parameters: string;
    }>(
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
    await mirrorLog(
      db,
      explain(back, { kind: 'return', act: { do: 'return' }, invoiceId: invoice }),
    );
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

  return {
    database,
    db,
    reconciliation,
    /** Hooks that the rules were told of. */
    told,
    failing,
    /** Unix milliseconds, of its own clock. */
    now: () => now,
    /** Which hooks the rules hear, until the end of the test. */
    hear: (hooks: readonly string[]) => {
      heard = hooks;
    },
    move,
    clientWith,
    driftOf,
    findingsOf,
    noticesOf,
    grantsOf,
    look,
    takeBackRow,
    balanceOf,
    commandsOf,
    withReturn,
    promotional,
    delivered,
    removeClient,
    mergeDelivered,
    commanded,
  };
}

/** Winter: an hour ahead of UTC. */
export function berlin(at: number): string {
  return new Date(at + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
