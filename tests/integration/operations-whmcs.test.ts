import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { explainSubject } from '../../src/api/explain/explain-subject.ts';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { listGrants, readEpoch } from '../../src/books/index.ts';
import type { Actor, Operation, Proposed } from '../../src/operations/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { addonPath, postAct } from '../support/save-rule.ts';
import { moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import { addClient } from '../support/whmcs-rows.ts';

// Operations by hand on a whole installation: WHMCS (the stand-in) carries them out, the ledger follows, its triggers judge.

const EXAMPLE = join(import.meta.dirname, '../../examples/cap-gifts');

let installation: Installation;
let parts: Parts;
const ADA: Actor = { kind: 'admin', adminId: 1 };
const WAIT = { timeout: 60_000, interval: 200 };

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [EXAMPLE], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
  await vi.waitFor(async () => expect((await readEpoch(parts.db))?.state).toBe('following'), WAIT);
});
afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

const propose = (one: Operation) =>
  parts.operations.propose(one, { actor: ADA, reason: 'As agreed.', at: new Date() });
const idOf = (proposed: Proposed) => {
  if (proposed.outcome === 'refused') throw new Error(proposed.message);
  return proposed.id;
};
const grantsOf = async (clientId: number) =>
  (await listGrants(parts.db, { clientId, remainingOnly: true }, undefined, 50)).rows;
const creditLog = async (client: number) =>
  (await moneyChanges(installation.database, { client, what: 'credit_log' })).map(
    ({ after }) => after,
  );
const creditOf = async (client: number) =>
  (
    await installation.database.query<{ credit: string }>(
      'SELECT credit FROM tblclients WHERE id = ?',
      [client],
    )
  )[0]?.credit;
const stateOf = async (fact: string) =>
  (
    await installation.database.query<{ state: string }>(
      'SELECT state FROM mod_creditbridge_commands WHERE fact = ?',
      [fact],
    )
  )[0]?.state;
/** Until the ledger has seen every row of the log. */
const followed = () =>
  vi.waitFor(() => expectCoherentLedger(installation.database, { caughtUp: true }), WAIT);

test('an admin adds credit on the page: WHMCS does it once, and the ledger has a grant with its terms', async () => {
  const client = await newClient();
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = await postAct(admin, `client/${client}/add`, 'propose-operation', {
    amount: '12,50',
    grantKind: 'promotional',
    expiresOn: '2099-12-31',
    priority: '10',
    reason: 'Outage of last Tuesday.',
  });
  expect(page.path).toContain('said=asked');
  await installation.work();
  expect(await creditLog(client)).toEqual(['12.50']);
  await followed();
  expect(await grantsOf(client)).toMatchObject([
    { kind: 'promotional', remainingHundredths: 1250n, expiresOn: '2099-12-31', priority: 10 },
  ]);
  const account = await admin.get(addonPath(`client/${client}`));
  expect(account.body).toContain('Outage of last Tuesday.');
  expect(account.body).toContain('Credit added by hand');
});

test('the entry of a gift that a rule would have limited says so, and that an admin did it by hand', async () => {
  const { database } = installation;
  await turnOn(database, 'cap-gifts', { most: { 1: '5.00' } });
  const client = await newClient();
  await propose({
    kind: 'add',
    clientId: client,
    amount: '12.50',
    grantKind: 'paid',
    startsOn: null,
    expiresOn: null,
    priority: 100,
    refundable: false,
    description: null,
  });
  await turnOn(database, 'cap-gifts', {}, 'off');
  await installation.work();
  expect(await creditLog(client)).toEqual(['12.50']);
  await followed();
  const [entry] = await database.query<{ sequence: bigint }>(
    'SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ?',
    [client],
  );
  const context = { ...parts.engine, db: parts.db };
  const told = await explainSubject('entry', String(entry?.sequence), context);
  expect(told?.flatMap(({ sentences }) => sentences).slice(-2)).toEqual([
    expect.stringMatching(
      /^The rule “Largest gift” would have allowed at most .*5\.00.* of .*12\.50.*: No larger gift at once\.$/,
    ),
    'Done by hand by admin 1, so it was not limited.',
  ]);
});

test('what is left of one grant is revoked to the cent, and other credit stays', async () => {
  const client = await newClient();
  for (const [amount, grantKind] of [
    ['10.00', 'promotional'],
    ['7.00', 'paid'],
  ] as const) {
    await propose(add(client, amount, grantKind));
    await installation.work();
  }
  await followed();
  const bonus = (await grantsOf(client)).find(({ kind }) => kind === 'promotional');
  await propose({
    kind: 'deduct',
    clientId: client,
    amount: '3.00',
    grantId: String(bonus?.id),
    description: null,
  });
  await installation.work();
  await followed();
  const revoked = await propose({
    kind: 'revoke',
    clientId: client,
    grantId: String(bonus?.id),
    description: null,
  });
  await installation.work();
  await followed();
  expect(await stateOf(`operation:${idOf(revoked)}`)).toBe('done');
  expect(await creditLog(client)).toEqual(['10.00', '7.00', '-3.00', '-7.00']);
  expect(await grantsOf(client)).toMatchObject([{ kind: 'paid', remainingHundredths: 700n }]);
});

test('a revocation takes nothing when the client was faster, and can be done again', async () => {
  const client = await newClient();
  await propose(add(client, '10.00', 'promotional'));
  await installation.work();
  await followed();
  const [grant] = await grantsOf(client);
  const revoke = {
    kind: 'revoke',
    clientId: client,
    grantId: String(grant?.id),
    description: null,
  } as const;
  const proposed = await propose(revoke);
  await installation.standIn.localApi('AddCredit', {
    clientid: client,
    description: 'By hand',
    amount: '4.00',
    type: 'remove',
  });
  await installation.work();
  expect(await stateOf(`operation:${idOf(proposed)}`)).toBe('stale');
  expect(await creditOf(client)).toBe('6.00');
  await followed();
  await propose(revoke);
  await installation.work();
  expect(await creditLog(client)).toEqual(['10.00', '-4.00', '-6.00']);
  await followed();
});

test('a transfer moves credit with its kind and days', async () => {
  const [from, to] = [await newClient(), await newClient()];
  await propose({ ...add(from, '10.00', 'promotional'), expiresOn: '2099-06-30' });
  await installation.work();
  await followed();
  const [grant] = await grantsOf(from);
  await propose(transfer(from, to, '4.00', String(grant?.id)));
  await installation.work();
  await followed();
  expect([await creditLog(from), await creditLog(to)]).toEqual([['10.00', '-4.00'], ['4.00']]);
  expect(await grantsOf(to)).toMatchObject([
    { kind: 'promotional', remainingHundredths: 400n, expiresOn: '2099-06-30' },
  ]);
});

test('a transfer whose second half fails goes back, with kind and days as before', async () => {
  const [from, to] = [await newClient(), await newClient()];
  await propose({ ...add(from, '10.00', 'promotional'), expiresOn: '2099-06-30' });
  await propose(add(from, '5.00', 'paid'));
  await installation.work();
  await followed();
  const before = await grantsOf(from);
  const id = idOf(await propose(transfer(from, to, '12.00', null)));
  await installation.database.query('DELETE FROM tblclients WHERE id = ?', [to]);
  await installation.work();
  expect(await stateOf(`operation:${id}`)).toBe('done');
  expect(await stateOf(`operation:${id}:to`)).toBe('stale');
  await vi.waitFor(async () => {
    await parts.operations.sweep(new Date());
    await installation.work();
    expect(await stateOf(`operation:${id}:back`)).toBe('done');
  }, WAIT);
  await parts.operations.sweep(new Date());
  expect(await creditLog(from)).toEqual(['10.00', '5.00', '-12.00', '12.00']);
  await vi.waitFor(async () => expect(await grantsOf(from)).toEqual(before), WAIT);
  expect(
    await installation.database.query(
      'SELECT kind, client_id FROM mod_creditbridge_findings WHERE fact LIKE ?',
      [`transfer-%:${id}`],
    ),
  ).toEqual([{ kind: 'transfer-undone', client_id: from }]);
});

test('the way back of a transfer waits while its client is frozen, and the page says so', async () => {
  const [from, to] = [await newClient(), await newClient()];
  await propose(add(from, '10.00', 'paid'));
  await installation.work();
  await followed();
  const id = idOf(await propose(transfer(from, to, '4.00', null)));
  await installation.database.query('DELETE FROM tblclients WHERE id = ?', [to]);
  await installation.work();
  await followed();
  const asked = { actor: ADA, reason: 'Chargeback.', at: new Date() };
  await parts.operations.freeze(from, asked);
  await parts.operations.sweep(new Date());
  await installation.work();
  expect(await stateOf(`operation:${id}:back`)).toBe('open');
  expect(await creditLog(from)).toEqual(['10.00', '-4.00']);
  const findings = await installation.database.query(
    'SELECT kind, text FROM mod_creditbridge_findings WHERE client_id = ?',
    [from],
  );
  expect(findings).toMatchObject([
    {
      kind: 'transfer-undone',
      text: expect.stringMatching(/goes back to .*, once that client is unfrozen\.$/),
    },
  ]);
  await parts.operations.unfreeze(from, asked);
  await installation.work();
  expect(await creditLog(from)).toEqual(['10.00', '-4.00', '4.00']);
  await followed();
});

test('for a frozen client nothing runs until it is unfrozen', async () => {
  const client = await newClient();
  const proposed = await propose(add(client, '3.00', 'paid'));
  const asked = { actor: ADA, reason: 'Chargeback.', at: new Date() };
  await parts.operations.freeze(client, asked);
  await installation.work();
  expect(await stateOf(`operation:${idOf(proposed)}`)).toBe('open');
  expect(await creditOf(client)).toBe('0.00');
  await parts.operations.unfreeze(client, asked);
  await installation.work();
  expect(await creditLog(client)).toEqual(['3.00']);
});

test('one admin proposes, the other approves, and WHMCS does it once', async () => {
  const client = await newClient();
  const [ada, sam] = [
    await visitAsAdmin(installation.standIn, 'admin'),
    await visitAsAdmin(installation.standIn, 'second'),
  ];
  await postAct(ada, 'ledger-settings', 'save-approval-amounts', {
    'amount-1': '20',
    reason: 'Four eyes.',
  });
  const waits = await postAct(ada, `client/${client}/add`, 'propose-operation', {
    amount: '50',
    grantKind: 'paid',
    priority: '100',
    reason: 'Paid by cheque.',
  });
  expect(waits.path).toContain('said=waits');
  expect((await ada.get(addonPath('approvals'))).body).toContain('another admin has to approve it');
  const approved = await postAct(sam, 'approvals', 'approve-proposal', { reason: '' });
  expect(approved.path).toContain('said=approved');
  await installation.work();
  expect(await creditLog(client)).toEqual(['50.00']);
  await followed();
});

/** In the stand-in's default currency. */
function newClient(): Promise<number> {
  return addClient(installation.database.root, { currency: 1 });
}

function add(
  clientId: number,
  amount: string,
  grantKind: 'promotional' | 'paid',
): Extract<Operation, { kind: 'add' }> {
  return {
    kind: 'add',
    clientId,
    amount,
    grantKind,
    startsOn: null,
    expiresOn: null,
    priority: 100,
    refundable: false,
    description: null,
  };
}

function transfer(clientId: number, toClientId: number, amount: string, grantId: string | null) {
  return {
    kind: 'transfer',
    clientId,
    toClientId,
    amount,
    grantId,
    grantKind: 'adjustment',
  } as const;
}
