import { randomUUID } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/db/index.ts';
import { createOperations } from '../../src/operations/index.ts';
import { startApi } from '../support/api-at-work.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { storeToken } from '../support/store-token.ts';
import { addClient } from '../support/whmcs-rows.ts';

// What the API is asked to do: operations, freezes, approvals; each once.

const api = await startApi();
const { database, all, second, call, get, post } = api;
afterAll(() => api.stop());

test('a wish is done once per Idempotency-Key, whatever is repeated', async () => {
  const wish = {
    operation: { kind: 'add', clientId: 1, amount: '5.00', grantKind: 'promotional' },
    reason: 'Goodwill after an outage',
  };
  const missing = await call(all, 'POST', '/operations', wish);
  expect([missing.status, missing.body.code]).toEqual([400, 'idempotency-key-missing']);

  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post(all, '/operations', wish, key)),
  );
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const [first] = answers;
  expect(first).toMatchObject({ status: 202, body: { state: 'commanded', expiresAt: null } });
  expect(first?.body.commands).toHaveLength(1);
  const commands = await database.query(
    "SELECT id FROM mod_creditbridge_commands WHERE client_id = 1 AND action = 'AddCredit'",
  );
  expect(commands).toHaveLength(1);
  expect((await get(all, `/operations/${first?.body.id}`)).body).toEqual(first?.body);

  const other = await post(all, '/operations', { ...wish, reason: 'Another' }, key);
  expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused']);
  const ofAnother = await post(second, '/operations', wish, key);
  expect(ofAnother.status).toBe(202);
  expect(ofAnother.body.id).not.toBe(first?.body.id);
});

test.each([
  [{ kind: 'add', clientId: 1, amount: '0.00', grantKind: 'paid' }, 400, 'request-invalid'],
  [{ kind: 'add', clientId: 1, amount: 5, grantKind: 'paid' }, 400, 'request-invalid'],
  [{ kind: 'threshold', amounts: {} }, 400, 'request-invalid'],
  [{ kind: 'add', clientId: 4711, amount: '1.00', grantKind: 'paid' }, 404, 'client-unknown'],
  [{ kind: 'deduct', clientId: 2, amount: '999.00' }, 422, 'balance-too-small'],
  [{ kind: 'transfer', clientId: 2, toClientId: 3, amount: '1.00' }, 422, 'currencies-differ'],
  [{ kind: 'revoke', clientId: 2, grantId: '987654' }, 404, 'grant-unknown'],
  [{ kind: 'revoke', grantId: '987654' }, 404, 'grant-unknown'],
  [{ kind: 'add', amount: '1.00', grantKind: 'paid' }, 400, 'request-invalid'],
])('the operation %j is refused: %i %s', async (operation, status, code) => {
  const answered = await post(all, '/operations', { operation, reason: 'A reason' });
  expect([answered.status, answered.body.code]).toEqual([status, code]);
});

test('a grant is revoked without saying whose it is, and not in the name of another client', async () => {
  const [grant] = (await get(all, '/grants?remaining=true&limit=1')).body.grants;
  const operation = { kind: 'revoke', grantId: grant.id };
  const ask = (one: object) =>
    post(all, '/operations', { operation: one, reason: 'Given by mistake' });
  // The seeded ledger has no clients in WHMCS, so this one gets its row there, with the balance that the ledger says.
  const row = await addClient(database.root, { currency: grant.currency.id });
  await database.query(
    `UPDATE tblclients SET id = ?, credit = (SELECT SUM(balance_hundredths) / 100
     FROM mod_creditbridge_accounts WHERE client_id = ?) WHERE id = ?`,
    [grant.clientId, grant.clientId, row],
  );
  expect((await ask({ ...operation, clientId: 2 })).body.code).toBe('grant-unknown');
  expect(await ask(operation)).toMatchObject({ status: 202, body: { state: 'commanded' } });
  const commands = await database.query(
    'SELECT client_id FROM mod_creditbridge_commands WHERE client_id = ?',
    [grant.clientId],
  );
  expect(commands).toEqual([{ client_id: grant.clientId }]);
});

test('a client is frozen and unfrozen by a token that may propose, once', async () => {
  const freeze = (token: string) =>
    call(token, 'POST', '/clients/3/freeze', { reason: 'Chargeback' });
  const reading = await storeToken(database, 1, ['read']);
  expect((await freeze(reading)).body.code).toBe('scope-missing');
  expect(await freeze(all)).toMatchObject({ status: 200, body: { clientId: 3, frozen: true } });
  expect((await freeze(all)).body.code).toBe('already-so');
  expect((await get(all, '/clients/3/balance')).body.frozen).toBe(true);
  const unfrozen = await call(all, 'POST', '/clients/3/unfreeze', { reason: 'Settled.' });
  expect(unfrozen).toMatchObject({ status: 200, body: { clientId: 3, frozen: false } });
  expect((await call(all, 'POST', '/clients/4711/freeze', { reason: 'x' })).body.code).toBe(
    'client-unknown',
  );
});

test('credit that is kept off an invoice is allowed again by a token that may propose, once', async () => {
  await database.query(
    'INSERT INTO mod_creditbridge_kept_off (invoice_id, client_id, sequence, since) VALUES (901, 1, 7, UTC_TIMESTAMP(6))',
  );
  const allow = (token: string, id: number) =>
    call(token, 'POST', `/invoices/${id}/allow-credit`, { reason: 'As agreed' });
  expect((await allow(await storeToken(database, 1, ['read']), 901)).body.code).toBe(
    'scope-missing',
  );
  expect(await allow(all, 901)).toMatchObject({
    status: 200,
    body: { invoiceId: 901, creditAllowed: true },
  });
  expect((await allow(all, 901)).body.code).toBe('already-so');
  expect((await allow(all, 4711)).body.code).toBe('already-so');
});

test('giving back what was not taken gives back nothing', async () => {
  const answered = await call(all, 'POST', '/give-backs', { day: '2001-01-01', reason: 'x' });
  expect(answered.body).toEqual({ commanded: 0, waiting: 0, known: 0, refused: [] });
  const wrong = await call(all, 'POST', '/give-backs', { day: '2001-02-30', reason: 'x' });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'request-invalid']);
});

test('what is above the approval amount waits for another admin, whichever token the proposer takes', async () => {
  const db = connect(database.serviceUrl, 1);
  const actor = { kind: 'admin', adminId: 1 } as const;
  await createOperations({
    db,
    newId,
    show: String,
    askLimits: async () => [],
    carryOutAgreed: async () => ({ outcome: 'refused', because: 'No rule proposes here.' }),
    rules: {
      rules: () => [],
      validateSettings: () => Promise.reject(new Error('No rule is changed here.')),
    },
    eachAlone: eachAloneOf(db),
  }).propose(
    { kind: 'threshold', amounts: { '1': '10.00' } },
    { actor, reason: 'Four eyes', at: new Date() },
  );
  await db.destroy();
  const wish = {
    operation: { kind: 'deduct', clientId: 2, amount: '20.00' },
    reason: 'Paid out by bank transfer',
  };
  const { status, body } = await post(all, '/operations', wish);
  expect([status, body.state, body.commands]).toEqual([202, 'waits-for-approval', []]);
  expect(body.because).toContain('above');
  expect((await get(all, '/approvals?pending=true&client=2')).body.approvals).toMatchObject([
    {
      id: body.id,
      state: 'pending',
      amount: '20.00',
      proposedBy: 'admin:1',
      proposedByName: 'admin',
      decidedByName: null,
    },
  ]);
  expect((await get(all, '/clients/2/balance')).body).toMatchObject({
    reserved: '20.00',
    spendable: '30.00',
  });

  const own = await post(all, `/approvals/${body.id}/approve`, {});
  expect([own.status, own.body.code]).toEqual([403, 'own-proposal']);
  const otherToken = await storeToken(database, 1, ['approve']);
  expect((await post(otherToken, `/approvals/${body.id}/approve`, {})).body.code).toBe(
    'own-proposal',
  );
  expect((await post(second, `/approvals/${body.id}/withdraw`, {})).body.code).toBe(
    'not-the-proposer',
  );

  const decisions = await Promise.all([
    ...[1, 2, 3].map(() => post(second, `/approvals/${body.id}/approve`, { reason: 'Seen' })),
  ]);
  for (const decided of decisions) {
    expect([decided.status, decided.body.state, decided.body.decidedBy]).toEqual([
      200,
      'approved',
      'admin:2',
    ]);
  }
  expect((await post(second, `/approvals/${body.id}/reject`, {})).body.code).toBe(
    'already-decided',
  );
  expect((await get(all, `/operations/${body.id}`)).body).toMatchObject({
    state: 'commanded',
    commands: [{ state: 'open' }],
  });
});
