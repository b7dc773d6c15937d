import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { OF_EVERY_CALL } from '../../src/api/api-error.ts';
import { ApiError, apiEndpoints, readCall } from '../../src/api/index.ts';
import { createApiContext } from '../../src/app/create-api-context.ts';
import { inTransaction } from '../../src/db/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import type { Admin, Operation } from '../../src/operations/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { created } from '../support/open-deliveries.ts';
import {
  ADA,
  add,
  ask,
  deduct,
  EUR,
  idOf,
  openOperations,
  SAM,
} from '../support/open-operations.ts';
import { turnOn } from '../support/test-receiver.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addInvoice, addPayment, addService } from '../support/whmcs-rows.ts';

// Each refusal that an endpoint declares, which openapi.json lists, is one that its act answers; the compiler sees to it that it
// answers no other.

const ASKS = join(import.meta.dirname, '../fixtures/rules/asks-approval.ts');
const NOBODY = '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d';
const NO_CAP = { tiers: [{ from: { 1: '10.00' }, percent: '10' }] };

const { database, parts, operations, clientWith, withLimit } = await openOperations([ASKS]);
const { query } = database;
const api = createApiContext(parts, { now: Date.now, onCommands: () => undefined });

interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly by?: Admin;
  readonly context?: typeof api;
}

/** The code that an endpoint answers; `done` when it does what was asked. */
async function answerOf(
  name: string,
  { params = {}, query: asked = {}, body, by = ADA, context = api }: Sent,
) {
  const endpoint = apiEndpoints.find((one) => one.name === name);
  if (endpoint === undefined) throw new Error(`There is no endpoint ${name}.`);
  const id = newId();
  try {
    const read = readCall(endpoint, { params, query: asked, body });
    await endpoint.answer({ ...read, caller: by, idempotencyKey: id, id }, context);
    return 'done';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

/** What stands for a while. */
type Undo = () => Promise<unknown>;

/** Clients, a grant and an invoice that a wish is about. */
interface World {
  readonly client: number;
  readonly other: number;
  readonly grant: string;
  readonly invoice: number;
}

/** A client with 100.00 in one grant, 10.00 of it on a cancelled invoice, and another with 5.00. */
async function world(): Promise<World> {
  const client = await clientWith('100.00');
  const invoice = await addInvoice(database.root, { client, total: '20.00', status: 'Cancelled' });
  await log(client, '-10.00', { kind: 'invoice', invoiceId: invoice });
  const [row] = await query<{ id: number }>(
    'SELECT id FROM mod_creditbridge_grants WHERE client_id = ?',
    [client],
  );
  return { client, invoice, other: await clientWith('5.00'), grant: String(row?.id) };
}

/** A movement in WHMCS that the ledger has read as this kind. */
async function log(
  client: number,
  amount: string,
  as: { readonly kind: 'invoice' | 'return' | 'unknown'; readonly invoiceId?: number },
): Promise<void> {
  await query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Moved', ?)",
    [client, whmcsDay(), amount],
  );
  await query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [amount, client]);
  const act = {
    invoice: { do: 'spend', grants: [] as bigint[] },
    return: { do: 'return' },
    unknown: { do: 'grant', ...plainTerms('unexplained'), fundsUnfunded: false },
  } as const;
  await mirrorLog(parts.db, () => ({ ...as, act: act[as.kind] }));
}

/** Changes rows until it is undone. */
async function change(set: string, back: string, ...values: readonly unknown[]): Promise<Undo> {
  await query(set, values);
  return () => query(back, values);
}

/** WHMCS's balance becomes another one until it is undone. */
async function setCredit(client: number, credit: string): Promise<Undo> {
  const [row] = await query<{ credit: string }>('SELECT credit FROM tblclients WHERE id = ?', [
    client,
  ]);
  const set = (to: string | undefined) =>
    query('UPDATE tblclients SET credit = ? WHERE id = ?', [to, client]);
  await set(credit);
  return () => set(row?.credit);
}

const nothing: Undo = () => Promise.resolve();
const wishes = {
  add: ({ client }) => add(client, '10.00'),
  deduct: ({ client }) => deduct(client, '10.00'),
  some: ({ client, grant }) => deduct(client, '10.00', grant),
  revoke: ({ client, grant }) => ({
    kind: 'revoke',
    clientId: client,
    grantId: grant,
    description: null,
  }),
  reclaim: ({ client, grant }) => ({
    kind: 'reclaim',
    clientId: client,
    grantId: grant,
    description: null,
  }),
  transfer: ({ client, other }) => ({
    kind: 'transfer',
    clientId: client,
    toClientId: other,
    amount: '10.00',
    grantId: null,
    grantKind: 'adjustment',
  }),
  back: ({ client, invoice }) => ({
    kind: 'return',
    clientId: client,
    invoiceId: invoice,
    amount: '10.00',
  }),
} satisfies Readonly<Record<string, (at: World) => Operation>>;

interface Obstacle {
  readonly wish: (at: World) => Operation;
  /** What has to be before the wish is proposed. */
  readonly before?: (at: World) => Promise<Undo>;
  /** What stands against it then. */
  readonly comes: (at: World) => Promise<Undo>;
}

const SETTINGS_ROW = 'UPDATE mod_creditbridge_settings SET';

/** What stands against an operation: at once when it is proposed, and when it comes while it waits, against agreeing to it. */
const OBSTACLES: Readonly<Record<string, Obstacle>> = {
  'client-unknown': {
    wish: wishes.add,
    comes: ({ client }) =>
      change(
        'UPDATE tblclients SET id = ? + 500000 WHERE id = ?',
        'UPDATE tblclients SET id = ? WHERE id = ? + 500000',
        client,
        client,
      ),
  },
  'client-closed': {
    wish: wishes.add,
    comes: ({ client }) =>
      change(
        "UPDATE tblclients SET status = 'Closed' WHERE id = ?",
        "UPDATE tblclients SET status = 'Active' WHERE id = ?",
        client,
      ),
  },
  'client-frozen': {
    wish: wishes.add,
    comes: ({ client }) =>
      change(
        "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'Fraud?', 'admin:1', UTC_TIMESTAMP(6))",
        'DELETE FROM mod_creditbridge_frozen_clients WHERE client_id = ?',
        client,
      ),
  },
  'balance-too-small': {
    wish: wishes.deduct,
    comes: ({ client }) => setCredit(client, '1.00'),
  },
  'amount-too-large': {
    wish: wishes.add,
    comes: ({ client }) => setCredit(client, '99999999999999.99'),
  },
  'grant-unknown': {
    wish: wishes.revoke,
    comes: ({ client }) =>
      change(
        'UPDATE mod_creditbridge_grants SET epoch = 9 WHERE client_id = ?',
        'UPDATE mod_creditbridge_grants SET epoch = 1 WHERE client_id = ?',
        client,
      ),
  },
  'grant-of-other-currency': {
    wish: wishes.revoke,
    comes: ({ client }) =>
      change(
        'UPDATE tblclients SET currency = 2 WHERE id = ?',
        'UPDATE tblclients SET currency = 1 WHERE id = ?',
        client,
      ),
  },
  'grant-used-up': {
    wish: wishes.revoke,
    comes: ({ client }) =>
      change(
        'UPDATE mod_creditbridge_grants SET remaining_hundredths = 0 WHERE client_id = ?',
        'UPDATE mod_creditbridge_grants SET remaining_hundredths = 9000 WHERE client_id = ?',
        client,
      ),
  },
  'grant-too-small': {
    wish: wishes.some,
    comes: ({ client }) =>
      change(
        'UPDATE mod_creditbridge_grants SET remaining_hundredths = 1 WHERE client_id = ?',
        'UPDATE mod_creditbridge_grants SET remaining_hundredths = 9000 WHERE client_id = ?',
        client,
      ),
  },
  'nothing-to-reclaim': {
    wish: wishes.reclaim,
    before: ({ client }) =>
      change(
        'UPDATE mod_creditbridge_grants SET money_back_hundredths = 5000 WHERE client_id = ?',
        'UPDATE mod_creditbridge_grants SET money_back_hundredths = 0 WHERE client_id = ?',
        client,
      ),
    comes: ({ client }) =>
      change(
        'UPDATE mod_creditbridge_grants SET money_back_hundredths = 0 WHERE client_id = ?',
        'DO ?',
        client,
      ),
  },
  'currencies-differ': {
    wish: wishes.transfer,
    comes: ({ other }) =>
      change(
        'UPDATE tblclients SET currency = 2 WHERE id = ?',
        'UPDATE tblclients SET currency = 1 WHERE id = ?',
        other,
      ),
  },
  'invoice-not-theirs': {
    wish: wishes.back,
    comes: ({ other, client, invoice }) =>
      change(
        'UPDATE tblinvoices SET userid = ? WHERE id = ? AND userid = ?',
        'UPDATE tblinvoices SET userid = userid WHERE userid = ? AND id = ? AND userid = ?',
        other,
        invoice,
        client,
      ),
  },
  'not-on-invoice': {
    wish: wishes.back,
    comes: async ({ client, invoice }) => {
      await log(client, '10.00', { kind: 'return', invoiceId: invoice });
      return nothing;
    },
  },
  'may-be-back': {
    wish: wishes.back,
    comes: async ({ client }) => {
      await log(client, '10.00', { kind: 'unknown' });
      return nothing;
    },
  },
  'by-hand-only': {
    wish: wishes.back,
    comes: ({ invoice }) =>
      change("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", 'DO ?', invoice),
  },
  'drift-open': {
    wish: wishes.some,
    comes: ({ client }) =>
      change(
        "INSERT INTO mod_creditbridge_drifts (client_id, currency_id, state, whmcs_hundredths, ledger_hundredths, first_seen_at, last_seen_at) VALUES (?, 1, 'open', 9000, 8000, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
        'DELETE FROM mod_creditbridge_drifts WHERE client_id = ?',
        client,
      ),
  },
  'client-busy': {
    wish: wishes.some,
    comes: async ({ client }) => {
      // Below what needs a second admin.
      expect((await operations.propose(add(client, '0.01'), ask(SAM))).outcome).toBe('commanded');
      return nothing;
    },
  },
  'ledger-behind': {
    wish: wishes.some,
    comes: async ({ client }) => {
      await query(
        "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Late', 1.00)",
        [client, whmcsDay()],
      );
      return () =>
        query("DELETE FROM tblcredit WHERE clientid = ? AND description = 'Late'", [client]);
    },
  },
  'not-paired': {
    wish: wishes.add,
    comes: () => change(`${SETTINGS_ROW} state = 'new'`, `${SETTINGS_ROW} state = 'paired'`),
  },
  halted: {
    wish: wishes.add,
    comes: () => change(`${SETTINGS_ROW} halted = 'restored'`, `${SETTINGS_ROW} halted = ''`),
  },
  frozen: {
    wish: wishes.add,
    comes: () => change(`${SETTINGS_ROW} frozen = 1`, `${SETTINGS_ROW} frozen = 0`),
  },
};

const propose = (operation: object) =>
  answerOf('proposeOperation', { body: { operation, reason: 'As agreed by phone.' } });
const approve = (id: string, by: Admin = SAM) =>
  answerOf('approveOperation', { params: { id }, body: {}, by });

async function refusedAtOnce({ wish, comes }: Obstacle): Promise<string> {
  const at = await world();
  const undo = await comes(at);
  const code = await propose(wish(at));
  await undo();
  return code;
}

/** Proposed while nothing stood against it. */
async function refusedLater({ wish, before, comes }: Obstacle): Promise<string> {
  let code = '';
  await withLimit('0.01', async () => {
    const at = await world();
    const ready = await before?.(at);
    const id = await waiting(wish(at));
    const undo = await comes(at);
    code = await approve(id);
    await undo();
    await ready?.();
    // What still waits holds credit.
    await operations.withdraw(id, ask(ADA));
  });
  return code;
}

async function waiting(wish: Operation): Promise<string> {
  const proposed = await operations.propose(wish, ask(ADA));
  expect(proposed.outcome).toBe('waits-for-approval');
  return idOf(proposed);
}

/** A proposal that waits, and what is made of it. */
async function withWaiting(work: (id: string, at: World) => Promise<string>): Promise<string> {
  let code = '';
  await withLimit('0.01', async () => {
    const at = await world();
    code = await work(await waiting(wishes.add(at)), at);
  });
  return code;
}

const setApproval = (set: string, id: string) =>
  query(`UPDATE mod_creditbridge_approvals SET ${set} WHERE id = ?`, [id]);

/** Credit that is parked, as far as it has come. */
async function parked(state: 'moving' | 'parked') {
  const at = await world();
  const one = { kind: 'park', clientId: at.client, grantId: at.grant, amount: '10.00' } as const;
  const id = idOf(await operations.propose({ ...one, description: null }, ask(ADA)));
  if (state === 'parked') {
    const fact = `operation:${id}`;
    await query(
      "UPDATE mod_creditbridge_commands SET state = 'done', settled_at = UTC_TIMESTAMP(6) WHERE fact = ?",
      [fact],
    );
    await log(at.client, '-10.00', { kind: 'invoice' });
    await query(
      `UPDATE mod_creditbridge_entries SET kind = 'parked', to_account = 'parked',
         command_id = (SELECT id FROM mod_creditbridge_commands WHERE fact = ?)
       WHERE client_id = ? ORDER BY sequence DESC LIMIT 1`,
      [fact, at.client],
    );
    await operations.lookAfterParkings(new Date());
  }
  return { ...at, id };
}

const decide = (name: string, id: string) =>
  answerOf(name, { params: { id }, body: { reason: 'The bank said so.' } });
const settle = (name: string) => async () => {
  const { id } = await parked('parked');
  await query("UPDATE mod_creditbridge_parkings SET state = 'kept' WHERE id = ?", [id]);
  return decide(name, id);
};
const moving = (name: string) => async () => decide(name, (await parked('moving')).id);
const whileHalted = (name: string, code: string) => async () => {
  const { id } = await parked('parked');
  const undo = await obstacle(code).comes({ client: 0, other: 0, grant: '', invoice: 0 });
  const said = await decide(name, id);
  await undo();
  return said;
};
/** What stands against giving parked credit back. */
const againstBack = (comes: (at: World & { id: string }) => Promise<Undo>) => async () => {
  const at = await parked('parked');
  const undo = await comes(at);
  const said = await decide('giveBackParked', at.id);
  await undo();
  return said;
};

function obstacle(code: string): Obstacle {
  const found = OBSTACLES[code];
  if (found === undefined) throw new Error(`Nothing leads to ${code}.`);
  return found;
}

const refund = async ({ client, id }: World & { id: string }): Promise<Undo> => {
  const payment = await addPayment(database.root, { client, invoice: 1, amountIn: '10.00' });
  await addPayment(database.root, { client, invoice: 1, amountOut: '5.00', refunds: payment });
  await query('UPDATE mod_creditbridge_parkings SET transaction_id = ? WHERE id = ?', [
    payment,
    id,
  ]);
  return nothing;
};
const otherCurrency = ({ client }: World) =>
  change(
    'UPDATE tblclients SET currency = 2 WHERE id = ?',
    'UPDATE tblclients SET currency = 1 WHERE id = ?',
    client,
  );

/** Parked credit that waits for a second admin to come back, and what comes meanwhile. */
const backLater = (comes: (at: World & { id: string }) => Promise<Undo>) => async () => {
  const at = await parked('parked');
  let code = '';
  await withLimit('0.01', async () => {
    const id = await waiting({ kind: 'unpark', clientId: at.client, parking: at.id });
    const undo = await comes(at);
    code = await approve(id);
    await undo();
    await operations.withdraw(id, ask(ADA));
  });
  return code;
};
const setParking =
  (set: string) =>
  async ({ id, other }: World & { id: string }): Promise<Undo> => {
    await query(`UPDATE mod_creditbridge_parkings SET ${set} WHERE id = ?`, [
      ...(set.includes('?') ? [other] : []),
      id,
    ]);
    return nothing;
  };

async function save(rule: string, mode: 'on' | 'off', settings: object): Promise<number> {
  await inTransaction(parts.db, (trx) =>
    saveSettingsLayer(trx, {
      rule,
      layer: 'installation',
      layerId: 0,
      mode,
      settings: { ...settings },
      by: 'admin:1',
      reason: '',
      at: new Date(),
    }),
  );
  const [row] = await query<{ version: number }>(
    'SELECT version FROM mod_creditbridge_rule_settings WHERE rule = ?',
    [rule],
  );
  return row?.version ?? 0;
}

const restore = (rule: string, version: number, context = api) =>
  answerOf('restoreSettings', { params: { rule }, body: { version }, context });

/** A rule's proposal that waits, about an invoice of this client. */
async function askedByRule() {
  await generousApprovals(query);
  await turnOn(database, 'auto-apply', {});
  await turnOn(database, 'asks-approval', { above: { 1: '5.00' } });
  const client = await clientWith('30.00');
  const invoice = await addInvoice(database.root, { client, total: '20.00' });
  await parts.receiver.receive([created(invoice)]);
  const [row] = await query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_approvals WHERE client_id = ? AND state = 'pending'",
    [client],
  );
  for (const rule of ['auto-apply', 'asks-approval']) await turnOn(database, rule, {}, 'off');
  return { id: row?.id ?? '', invoice };
}

const ofClient = (clientId: number | string) => ({ clientId: String(clientId) });
const why = { reason: 'As agreed by phone.' };

/** A way to each refusal, by endpoint and code. */
const WAYS: Readonly<Record<string, Readonly<Record<string, () => Promise<string>>>>> = {
  getLedger: { 'not-adopted': () => beforeAdoption('getLedger', {}) },
  getLiability: {
    'not-adopted': () => beforeAdoption('getLiability', { query: { day: '2026-01-01' } }),
  },
  exportLiability: {
    'not-adopted': () => beforeAdoption('exportLiability', { query: { day: '2026-01-01' } }),
  },
  getBalance: {
    'client-unknown': () => answerOf('getBalance', { params: ofClient(4711) }),
  },
  getEntry: { 'entry-unknown': () => answerOf('getEntry', { params: { sequence: '4711' } }) },
  getGrant: { 'grant-unknown': () => answerOf('getGrant', { params: { id: '4711' } }) },
  explain: Object.fromEntries(
    ['entry', 'grant', 'invoice', 'client'].map((subject) => [
      `${subject}-unknown`,
      () => answerOf('explain', { params: { subject, id: '4711' } }),
    ]),
  ),
  proposeOperation: {
    ...Object.fromEntries(
      Object.entries(OBSTACLES).map(([code, one]) => [code, () => refusedAtOnce(one)]),
    ),
    'expiry-past': async () => {
      const { client } = await world();
      return propose({ ...wishes.add(at0(client)), expiresOn: '2001-01-01' });
    },
    'expiry-before-start': async () => {
      const { client } = await world();
      const days = { startsOn: '2099-01-02', expiresOn: '2099-01-01' };
      return propose({ ...wishes.add(at0(client)), ...days });
    },
    'same-client': async () => {
      const at = await world();
      return propose(wishes.transfer({ ...at, other: at.client }));
    },
  },
  getOperation: {
    'operation-unknown': () => answerOf('getOperation', { params: { id: NOBODY } }),
  },
  giveBackParked: {
    'parking-unknown': () => decide('giveBackParked', NOBODY),
    'parking-settled': settle('giveBackParked'),
    'parking-moving': moving('giveBackParked'),
    'parking-refunded': againstBack(refund),
    'currency-changed': againstBack(otherCurrency),
    ...Object.fromEntries(
      ['client-unknown', 'client-closed', 'client-frozen', 'amount-too-large'].map((code) => [
        code,
        againstBack((at) => obstacle(code).comes(at)),
      ]),
    ),
    ...Object.fromEntries(
      ['not-paired', 'halted', 'frozen'].map((code) => [code, whileHalted('giveBackParked', code)]),
    ),
  },
  keepParked: {
    'parking-unknown': () => decide('keepParked', NOBODY),
    'parking-settled': settle('keepParked'),
    'parking-moving': moving('keepParked'),
    ...Object.fromEntries(
      ['not-paired', 'halted', 'frozen'].map((code) => [code, whileHalted('keepParked', code)]),
    ),
  },
  getApproval: {
    'approval-unknown': () => answerOf('getApproval', { params: { id: NOBODY } }),
  },
  approveOperation: {
    ...decisions('approveOperation', SAM),
    ...Object.fromEntries(
      Object.entries(OBSTACLES).map(([code, one]) => [code, () => refusedLater(one)]),
    ),
    'own-proposal': () => withWaiting((id) => approve(id, ADA)),
    'proposal-unreadable': () =>
      withWaiting(async (id) => {
        await setApproval("operation = '{}'", id);
        return approve(id);
      }),
    'currency-changed': () =>
      withWaiting(async (id, at) => {
        const undo = await otherCurrency(at);
        const code = await approve(id);
        await undo();
        return code;
      }),
    'expiry-past': () =>
      withWaiting(async (id) => {
        await setApproval("operation = JSON_SET(operation, '$.expiresOn', '2001-01-01')", id);
        return approve(id);
      }),
    'settings-changed': async () => {
      const basedOn = await save('deposit-bonus', 'off', NO_CAP);
      const now = { mode: 'on', settings: NO_CAP } as const;
      const changed = await operations.changeRule(
        { rule: 'deposit-bonus', layer: 'installation', layerId: 0, now, basedOn },
        { ...ask(ADA), token: newId() },
        async () => undefined,
      );
      expect(changed.outcome).toBe('waits-for-approval');
      await save('deposit-bonus', 'off', {});
      return approve('id' in changed ? changed.id : '');
    },
    'parking-unknown': backLater(setParking('client_id = ?')),
    'parking-settled': backLater(setParking("state = 'kept'")),
    'parking-moving': backLater(setParking("state = 'reserved'")),
    'parking-refunded': backLater(refund),
    'figures-moved': async () => {
      const { client } = await world();
      const undo = await setCredit(client, '150.00');
      let code = '';
      await withLimit('0.01', async () => {
        const id = await waiting({
          kind: 'accept',
          clientId: client,
          currencyId: EUR,
          whmcs: '150.00',
          ledger: '90.00',
          as: 'paid',
        });
        await undo();
        code = await approve(id);
      });
      return code;
    },
    'entry-gone': async () => {
      const { client } = await world();
      await log(client, '10.00', { kind: 'unknown' });
      const [row] = await query<{ sequence: number }>(
        'SELECT MAX(sequence) AS sequence FROM mod_creditbridge_entries WHERE client_id = ?',
        [client],
      );
      const one = { kind: 'explain', clientId: client, entry: String(row?.sequence) } as const;
      let code = '';
      await withLimit('0.01', async () => {
        const id = await waiting({ ...one, origin: 'deposit', invoiceId: null });
        const done = await operations.propose(
          { ...one, origin: 'manual', invoiceId: null },
          ask(SAM),
        );
        expect(done.outcome).toBe('saved');
        code = await approve(id);
      });
      return code;
    },
    'not-as-it-was': async () => {
      const { id, invoice } = await askedByRule();
      await query("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", [invoice]);
      return approve(id);
    },
    'own-settings': async () => {
      const { id } = await askedByRule();
      let code = '';
      await withLimit('0.01', async () => {
        await query(
          `INSERT INTO mod_creditbridge_rule_settings_history
             (rule, layer, layer_id, mode, settings, version, changed_by, changed_at, reason)
           VALUES ('asks-approval', 'installation', 0, 'on', '{}', 900, 'admin:2', UTC_TIMESTAMP(6), '')`,
        );
        code = await approve(id);
      });
      return code;
    },
  },
  rejectOperation: {
    ...decisions('rejectOperation', SAM),
    'own-proposal': () =>
      withWaiting((id) => answerOf('rejectOperation', { params: { id }, body: {}, by: ADA })),
  },
  withdrawOperation: {
    ...decisions('withdrawOperation', ADA),
    'not-the-proposer': () =>
      withWaiting((id) => answerOf('withdrawOperation', { params: { id }, body: {}, by: SAM })),
  },
  freezeClient: {
    'client-unknown': () => answerOf('freezeClient', { params: ofClient(4711), body: why }),
    'already-so': async () => {
      const sent = { params: ofClient(await addClient(database.root)), body: why };
      expect(await answerOf('freezeClient', sent)).toBe('done');
      return answerOf('freezeClient', sent);
    },
  },
  unfreezeClient: {
    'already-so': async () =>
      answerOf('unfreezeClient', { params: ofClient(await addClient(database.root)), body: why }),
  },
  allowCredit: {
    'already-so': () => answerOf('allowCredit', { params: { invoiceId: '4711' }, body: why }),
  },
  leaveAlone: {
    'invoice-not-theirs': () =>
      answerOf('leaveAlone', { params: { invoiceId: '4711' }, body: why }),
    'invoice-not-open': async () => {
      const invoiceId = String((await world()).invoice);
      return answerOf('leaveAlone', { params: { invoiceId }, body: why });
    },
    'already-so': async () => {
      const client = await addClient(database.root);
      const invoiceId = String(await addInvoice(database.root, { client, total: '5.00' }));
      const sent = { params: { invoiceId }, body: why };
      expect(await answerOf('leaveAlone', sent)).toBe('done');
      return answerOf('leaveAlone', sent);
    },
  },
  getChoices: {
    'client-unknown': () => answerOf('getChoices', { params: ofClient(4711) }),
  },
  choose: {
    'client-unknown': () =>
      answerOf('choose', { params: ofClient(4711), body: { choice: 'keep', ...why } }),
    'nothing-obeys': async () => {
      await save('client-choice', 'off', {});
      const params = ofClient(await addClient(database.root));
      return answerOf('choose', { params, body: { choice: 'keep', ...why } });
    },
    'service-not-theirs': async () => {
      await save('client-choice', 'on', {});
      const params = ofClient(await addClient(database.root));
      return answerOf('choose', { params, body: { choice: 'keep', serviceId: 4711, ...why } });
    },
    'too-many-choices': async () => {
      await save('client-choice', 'on', {});
      const client = await addClient(database.root);
      await query(
        'INSERT INTO mod_creditbridge_preferences (client_id, service_id, choice, changed_by, changed_at) VALUES ?',
        [
          Array.from({ length: 500 }, (_, index) => [
            client,
            100_000 + index,
            'keep',
            'admin:1',
            '2026-11-22 00:00:00',
          ]),
        ],
      );
      const serviceId = await addService(database.root, { client });
      const body = { choice: 'keep', serviceId, ...why };
      return answerOf('choose', { params: ofClient(client), body });
    },
  },
  restoreSettings: {
    'rule-unknown': () => restore('nothing', 1),
    'version-unknown': () => restore('deposit-bonus', 4711),
    'settings-invalid': async () => {
      const version = await save('deposit-bonus', 'off', {});
      await query(
        "UPDATE mod_creditbridge_rule_settings_history SET settings = 'broken' WHERE version = ?",
        [version],
      );
      return restore('deposit-bonus', version);
    },
    'cap-missing': async () => {
      const version = await save('deposit-bonus', 'on', NO_CAP);
      await save('deposit-bonus', 'off', NO_CAP);
      return restore('deposit-bonus', version);
    },
    'amount-too-large': async () => {
      const version = await save('deposit-bonus', 'off', {
        ...NO_CAP,
        capPerPeriod: { 1: '9000000000.00' },
      });
      await save('deposit-bonus', 'off', {});
      await generousApprovals(query);
      return restore('deposit-bonus', version);
    },
    'by-hand-only': async () => {
      const maximum = { 1: '77.00', 2: '77.00', 3: '77' };
      return restore('deposit-limits', await save('deposit-limits', 'on', { maximum }));
    },
    'settings-changed': async () => {
      const version = await save('deposit-bonus', 'off', NO_CAP);
      await save('deposit-bonus', 'off', {});
      const changeRule: typeof operations.changeRule = async (...asked) => {
        await save('deposit-bonus', 'off', {});
        return operations.changeRule(...asked);
      };
      return restore('deposit-bonus', version, {
        ...api,
        operations: { ...operations, changeRule },
      });
    },
  },
};

function at0(client: number): World {
  return { client, other: 0, grant: '', invoice: 0 };
}

/** What stands against every decision. */
function decisions(name: string, by: Admin) {
  const say = (id: string) => answerOf(name, { params: { id }, body: {}, by });
  return {
    'approval-unknown': () => say(NOBODY),
    'approval-expired': () =>
      withWaiting(async (id) => {
        await setApproval("expires_at = '2001-01-01 00:00:00'", id);
        return say(id);
      }),
    'already-decided': () =>
      withWaiting(async (id) => {
        const [other, proposer] =
          name === 'rejectOperation' ? (['approve', SAM] as const) : (['reject', SAM] as const);
        await operations[other](id, ask(proposer));
        return say(id);
      }),
  };
}

async function beforeAdoption(name: string, sent: Sent): Promise<string> {
  const undo = await change(
    "UPDATE mod_creditbridge_tail SET epoch = 0, state = 'new'",
    "UPDATE mod_creditbridge_tail SET epoch = 1, state = 'following'",
  );
  const code = await answerOf(name, sent);
  await undo();
  return code;
}

/** What every call may be refused with is tried in api.test.ts. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...OF_EVERY_CALL,
  'body-too-large',
  'idempotency-key-missing',
  'idempotency-key-reused',
]);

test('there is a way to every refusal that an endpoint declares, and no way to another', () => {
  for (const { name, refuses } of apiEndpoints) {
    const own = refuses.filter((code) => !ELSEWHERE.has(code));
    expect([name, Object.keys(WAYS[name] ?? {}).sort()]).toEqual([name, [...own].sort()]);
  }
});

const PAIRS = Object.entries(WAYS).flatMap(([name, ways]) =>
  Object.entries(ways).map(([code, way]) => [name, code, way] as const),
);

test.each(PAIRS)('%s answers %s', async (_name, code, way) => {
  expect(await way()).toBe(code);
});
