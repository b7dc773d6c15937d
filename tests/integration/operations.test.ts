import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { listGrants } from '../../src/books/index.ts';
import {
  type Admin,
  approvalAmountVersions,
  findApproval,
  ledgerSettingsVersions,
  listApprovals,
  type Operation,
  type Proposed,
  readApprovalAmounts,
  readBalance,
  readLimits,
} from '../../src/operations/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { reorderStoredJson } from '../support/reorder-stored-json.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies, addInvoice } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
await reorderStoredJson(database);
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
const { operations } = parts;
afterAll(async () => {
  await parts.close();
  await database.drop();
});
beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(parts.db);
});
afterEach(() => expectCoherentLedger(database));

const ADA: Admin = { kind: 'admin', adminId: 1 };
const SAM: Admin = { kind: 'admin', adminId: 2 };
const EUR = 1;

const ask = (actor: Admin, at = new Date()) => ({ actor, reason: 'As agreed by phone.', at });
const later = (days: number) => new Date(Date.now() + days * 86_400_000);

/** A client whose credit came as one row of the log, which the ledger has seen. */
async function clientWith(credit: string, currency = EUR): Promise<number> {
  const id = await addClient(database.root, { credit, currency });
  if (Number(credit) > 0) {
    await database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'Start', ?)",
      [id, credit],
    );
    await mirrorLog(parts.db);
  }
  return id;
}

const add = (clientId: number, amount: string): Operation => ({
  kind: 'add',
  clientId,
  amount,
  grantKind: 'promotional',
  startsOn: null,
  expiresOn: '2099-12-31',
  priority: 100,
  refundable: false,
  description: null,
});
const deduct = (clientId: number, amount: string, grantId: string | null = null): Operation => ({
  kind: 'deduct',
  clientId,
  amount,
  grantId,
  description: null,
});

interface CommandRow {
  readonly fact: string;
  readonly parameters: string;
  readonly expects: string;
  readonly hold_hundredths: number;
  readonly kind: string;
  readonly act: string;
  readonly actor: string;
  readonly requires_fact: string | null;
}
const commandsOf = (...clientIds: number[]) =>
  database.query<CommandRow>(
    `SELECT c.fact, c.parameters, c.expects, c.hold_hundredths, c.requires_fact, t.kind, t.act, t.actor
     FROM mod_creditbridge_commands c JOIN mod_creditbridge_command_terms t ON t.command_id = c.id
     WHERE c.client_id IN (?) ORDER BY c.id`,
    [clientIds],
  );

/** A limit of 100.00 EUR for a while; taken away behind everybody's back. */
async function withLimit(amount: string, work: () => Promise<void>): Promise<void> {
  await generousApprovals(database.query);
  const amounts = { [String(EUR)]: amount };
  const set = await operations.propose({ kind: 'threshold', amounts }, ask(ADA));
  expect(set.outcome).toBe('saved');
  try {
    await work();
  } finally {
    await generousApprovals(database.query);
  }
}

const idOf = (proposed: Proposed) => {
  if (proposed.outcome === 'refused') throw new Error(proposed.message);
  return proposed.id;
};

test('credit is added by one command with the terms it will have in the ledger', async () => {
  const client = await clientWith('0.00');
  const proposed = await operations.propose(add(client, '12.50'), ask(ADA));
  expect(proposed).toMatchObject({ outcome: 'commanded' });
  const [command, ...others] = await commandsOf(client);
  expect(others).toEqual([]);
  expect(command).toMatchObject({
    fact: `operation:${idOf(proposed)}`,
    hold_hundredths: 0,
    kind: 'manual',
    actor: 'admin:1',
    expects: '{}',
    requires_fact: null,
  });
  expect(JSON.parse(command?.parameters ?? '')).toEqual({
    clientid: client,
    description: 'Promotional credit',
    amount: '12.50',
    type: 'add',
  });
  expect(JSON.parse(command?.act ?? '')).toMatchObject({
    do: 'grant',
    kind: 'promotional',
    expiresOn: '2099-12-31',
    refundable: false,
  });
});

test('the same wish is done once, however often and by however many connections it is sent', async () => {
  const client = await clientWith('0.00');
  const id = newId();
  const all = await Promise.all(
    Array.from({ length: 12 }, () => operations.propose(add(client, '5.00'), { ...ask(ADA), id })),
  );
  expect(all.map(({ outcome }) => outcome).sort()).toEqual([
    'commanded',
    ...Array(11).fill('exists'),
  ]);
  expect(await commandsOf(client)).toHaveLength(1);
  const other = await operations.propose(add(client, '6.00'), { ...ask(ADA), id });
  expect(other).toMatchObject({ outcome: 'refused', code: 'id-reused' });
  await operations.freeze(client, ask(SAM));
  await operations.unfreeze(client, ask(SAM));
  const [row] = await database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_audit WHERE act = 'client-freeze' LIMIT 1",
  );
  const foreign = await operations.propose(add(client, '1.00'), { ...ask(ADA), id: row?.id ?? '' });
  expect(foreign).toMatchObject({ outcome: 'refused', code: 'id-reused' });
});

test('a deduction takes what can be spent, and no more', async () => {
  const client = await clientWith('20.00');
  expect((await operations.propose(deduct(client, '15.00'), ask(ADA))).outcome).toBe('commanded');
  const more = await operations.propose(deduct(client, '5.01'), ask(ADA));
  expect(more).toMatchObject({ outcome: 'refused', code: 'balance-too-small' });
  expect(more).toMatchObject({ message: expect.stringContaining('5.00 EUR, less than 5.01 EUR') });
  expect((await operations.propose(deduct(client, '5.00'), ask(ADA))).outcome).toBe('commanded');
  const commands = await commandsOf(client);
  expect(commands.map(({ hold_hundredths }) => hold_hundredths)).toEqual([1500, 500]);
  expect(JSON.parse(commands[0]?.expects ?? '')).toEqual({ balanceAtLeast: '15.00' });
});

test('64 deductions at once never take more than there is', async () => {
  const client = await clientWith('10.00');
  const all = await Promise.all(
    Array.from({ length: 64 }, () => operations.propose(deduct(client, '0.75'), ask(ADA))),
  );
  expect(all.filter(({ outcome }) => outcome === 'commanded')).toHaveLength(13);
  const balance = await readBalance(parts.db, client);
  expect(balance).toMatchObject({ heldHundredths: 975n, spendableHundredths: 25n });
});

test('a named grant is taken from only while the ledger knows it to the cent', async () => {
  const client = await clientWith('20.00');
  const [grant] = (await listGrants(parts.db, { clientId: client }, undefined, 10)).rows;
  const id = String(grant?.id);
  const revoke: Operation = { kind: 'revoke', clientId: client, grantId: id, description: null };

  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'Late', -5)",
    [client],
  );
  await database.query('UPDATE tblclients SET credit = 15 WHERE id = ?', [client]);
  const behind = await operations.propose(revoke, ask(ADA));
  expect(behind).toMatchObject({ outcome: 'refused', code: 'ledger-behind' });

  await mirrorLog(parts.db);
  const tooMuch = await operations.propose(deduct(client, '15.01', id), ask(ADA));
  expect(tooMuch).toMatchObject({ outcome: 'refused', code: 'grant-too-small' });

  await database.query(
    `INSERT INTO mod_creditbridge_drifts VALUES (?, ?, 'open', 1500, 1400, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
    [client, EUR],
  );
  expect(await operations.propose(revoke, ask(ADA))).toMatchObject({ code: 'drift-open' });
  await database.query('DELETE FROM mod_creditbridge_drifts');

  expect((await operations.propose(revoke, ask(ADA))).outcome).toBe('commanded');
  const [command] = await commandsOf(client);
  expect(command).toMatchObject({ kind: 'revocation', hold_hundredths: 1500 });
  expect(JSON.parse(command?.act ?? '')).toEqual({ do: 'spend', grants: [id] });
  expect(JSON.parse(command?.expects ?? '')).toMatchObject({ balanceExactly: '15.00' });
  expect(JSON.parse(command?.expects ?? '').noCreditLogSince).toBeGreaterThan(0);
  expect(await operations.propose(revoke, ask(ADA))).toMatchObject({ code: 'client-busy' });
});

test('while there is drift, only the smaller balance can be spent', async () => {
  const client = await clientWith('20.00');
  await database.query(
    `INSERT INTO mod_creditbridge_drifts VALUES (?, ?, 'open', 2000, 1200, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
    [client, EUR],
  );
  expect(await readBalance(parts.db, client)).toMatchObject({ spendableHundredths: 1200n });
  const more = await operations.propose(deduct(client, '12.01'), ask(ADA));
  expect(more).toMatchObject({ outcome: 'refused', code: 'balance-too-small' });
  await database.query('DELETE FROM mod_creditbridge_drifts');
});

test('a transfer is two commands, the second of which requires the first', async () => {
  const [from, to, yen] = [
    await clientWith('30.00'),
    await clientWith('0.00'),
    await clientWith('0.00', 3),
  ];
  const transfer = (toClientId: number): Operation => ({
    kind: 'transfer',
    clientId: from,
    toClientId,
    amount: '10.00',
    grantId: null,
    grantKind: 'adjustment',
  });
  expect(await operations.propose(transfer(yen), ask(ADA))).toMatchObject({
    outcome: 'refused',
    code: 'currencies-differ',
    message: expect.stringContaining(`Client #${from} has EUR, client #${yen} has JPY`),
  });
  expect(await operations.propose(transfer(from), ask(ADA))).toMatchObject({ code: 'same-client' });
  const done = await operations.propose(transfer(to), ask(ADA));
  const fact = `operation:${idOf(done)}`;
  const [first, second] = await commandsOf(from, to);
  expect(first).toMatchObject({ fact, hold_hundredths: 1000, kind: 'transfer' });
  expect(second).toMatchObject({ fact: `${fact}:to`, hold_hundredths: 0, requires_fact: fact });
});

test('a transfer out of one grant keeps that grant’s kind and days', async () => {
  const [from, to] = [await clientWith('0.00'), await clientWith('0.00')];
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'Bonus', 8)",
    [from],
  );
  await database.query('UPDATE tblclients SET credit = 8 WHERE id = ?', [from]);
  await mirrorLog(parts.db, () => ({
    kind: 'bonus',
    act: {
      do: 'grant',
      kind: 'promotional',
      startsOn: null,
      expiresOn: '2027-03-31',
      priority: 7,
      refundable: false,
      followsInvoiceId: null,
      rule: '',
      fundsUnfunded: false,
    },
  }));
  const [grant] = (await listGrants(parts.db, { clientId: from }, undefined, 10)).rows;
  const wish: Operation = {
    kind: 'transfer',
    clientId: from,
    toClientId: to,
    amount: '3.00',
    grantId: String(grant?.id),
    grantKind: 'adjustment',
  };
  expect((await operations.propose(wish, ask(ADA))).outcome).toBe('commanded');
  const [, second] = await commandsOf(from, to);
  expect(JSON.parse(second?.act ?? '')).toMatchObject({
    kind: 'promotional',
    expiresOn: '2027-03-31',
    priority: 7,
  });
});

test('what makes no sense is refused with what was found', async () => {
  const client = await clientWith('1.00');
  const refusals: [Operation, string][] = [
    [add(4_000_000, '1.00'), 'client-unknown'],
    [{ ...add(client, '1.00'), expiresOn: '2026-01-01' } as Operation, 'expiry-past'],
    [{ ...add(client, '1.00'), startsOn: '2100-01-01' } as Operation, 'expiry-before-start'],
    [deduct(client, '1.00', '999999'), 'grant-unknown'],
    [deduct(client, '1.01'), 'balance-too-small'],
  ];
  for (const [operation, code] of refusals) {
    expect(await operations.propose(operation, ask(ADA))).toMatchObject({
      outcome: 'refused',
      code,
    });
  }
  const silent = await operations.propose(add(client, '1.00'), { ...ask(ADA), reason: '  ' });
  expect(silent).toMatchObject({ code: 'reason-missing' });
  await expect(operations.propose(add(client, '0.00'), ask(ADA))).rejects.toThrow();
  await expect(operations.propose(add(client, '-1.00'), ask(ADA))).rejects.toThrow();
  expect(await commandsOf(client)).toEqual([]);
});

test('nothing is asked of an installation that stands still', async () => {
  const client = await clientWith('5.00');
  const settings = (set: string) => database.query(`UPDATE mod_creditbridge_settings SET ${set}`);
  for (const [set, undo, code] of [
    ["state = 'copy-or-move'", "state = 'paired'", 'not-paired'],
    ["halted = 'restored'", "halted = ''", 'halted'],
    ['frozen = 1', 'frozen = 0', 'frozen'],
  ] as const) {
    await settings(set);
    expect(await operations.propose(deduct(client, '1.00'), ask(ADA))).toMatchObject({ code });
    await settings(undo);
  }
  expect(await commandsOf(client)).toEqual([]);
});

test('above the approval amount credit is held until another admin decides', async () => {
  const client = await clientWith('500.00');
  await withLimit('100.00', async () => {
    expect((await operations.propose(deduct(client, '100.00'), ask(SAM))).outcome).toBe(
      'commanded',
    );
    const proposed = await operations.propose(deduct(client, '100.01'), ask(ADA));
    expect(proposed).toMatchObject({ outcome: 'waits-for-approval' });
    expect(await readBalance(parts.db, client)).toMatchObject({
      heldHundredths: 10_000n,
      reservedHundredths: 10_001n,
      spendableHundredths: 29_999n,
    });
    expect(await commandsOf(client)).toHaveLength(1);

    const id = idOf(proposed);
    // The proposer's page and the proposer's API token are one admin; the command line is nobody's identity.
    expect(await operations.approve(id, ask(ADA))).toMatchObject({ code: 'own-proposal' });
    expect(await operations.reject(id, ask(ADA))).toMatchObject({ code: 'own-proposal' });
    expect(await operations.withdraw(id, ask(SAM))).toMatchObject({ code: 'not-the-proposer' });

    const clicks = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        operations.approve(id, ask(index % 2 === 0 ? SAM : { kind: 'admin', adminId: 3 })),
      ),
    );
    expect(clicks.filter(({ outcome }) => outcome === 'approved')).toHaveLength(1);
    expect(clicks.filter((one) => 'code' in one && one.code === 'already-decided')).toHaveLength(7);
    const commands = await commandsOf(client);
    expect(commands.map(({ actor }) => actor)).toEqual(['admin:2', 'admin:1']);
    expect(await readBalance(parts.db, client)).toMatchObject({ reservedHundredths: 0n });
  });
});

test('an approval is checked again, and waits while it cannot be done', async () => {
  const client = await clientWith('300.00');
  await withLimit('100.00', async () => {
    const id = idOf(await operations.propose(deduct(client, '250.00'), ask(ADA)));
    await database.query('UPDATE tblclients SET credit = 240 WHERE id = ?', [client]);
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'balance-too-small' });
    await database.query("UPDATE tblclients SET credit = 300, status = 'Closed' WHERE id = ?", [
      client,
    ]);
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'client-closed' });
    await database.query("UPDATE tblclients SET status = 'Active' WHERE id = ?", [client]);
    expect((await findApproval(parts.db, id))?.state).toBe('pending');
    expect((await operations.approve(id, ask(SAM))).outcome).toBe('approved');
  });
});

test('an approval nobody decided about expires and gives back what it held', async () => {
  const client = await clientWith('300.00');
  await withLimit('100.00', async () => {
    const id = idOf(await operations.propose(deduct(client, '250.00'), ask(ADA)));
    expect(await operations.approve(id, ask(SAM, later(7)))).toMatchObject({
      code: 'approval-expired',
    });
    expect(await operations.sweep(later(6.9))).toMatchObject({ expired: 0 });
    expect(await operations.sweep(later(7))).toMatchObject({ expired: 1 });
    expect(await findApproval(parts.db, id)).toMatchObject({
      state: 'expired',
      decidedBy: 'service:expiry',
    });
    expect(await readBalance(parts.db, client)).toMatchObject({ spendableHundredths: 30_000n });
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'approval-expired' });
    expect(await commandsOf(client)).toEqual([]);
  });
});

/** Lets nothing be written about these clients, by rows of one table. */
async function whileBroken(
  table: string,
  condition: string,
  work: () => Promise<void>,
): Promise<void> {
  await database.query(
    `CREATE TRIGGER break_it BEFORE INSERT ON ${table} FOR EACH ROW
     IF ${condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
  );
  try {
    await work();
  } finally {
    await database.query('DROP TRIGGER break_it');
  }
}

const setAsideOf = (client: number | null) =>
  database.query<{ fact: string; text: string }>(
    "SELECT fact, text FROM mod_creditbridge_findings WHERE kind = 'set-aside' AND outcome = 'open' AND client_id <=> ?",
    [client],
  );

test('a transfer whose way back can not be asked for keeps none of the others waiting', async () => {
  const froms: number[] = [];
  for (let n = 0; n < 3; n++) {
    const [from, to] = [await clientWith('30.00'), await clientWith('0.00')];
    const id = idOf(
      await operations.propose(
        {
          kind: 'transfer',
          clientId: from,
          toClientId: to,
          amount: '10.00',
          grantId: null,
          grantKind: 'adjustment',
        },
        ask(ADA),
      ),
    );
    await database.query('UPDATE tblclients SET credit = 20 WHERE id = ?', [from]);
    await database.query(
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, CURDATE(), 'Out', -10)",
      [from],
    );
    await mirrorLog(parts.db);
    const fact = `operation:${id}`;
    await database.query(
      `UPDATE mod_creditbridge_entries SET command_id =
         (SELECT id FROM mod_creditbridge_commands WHERE fact = ?)
       WHERE client_id = ? AND from_account = ?`,
      [fact, from, `client:${from}`],
    );
    await database.query(
      `UPDATE mod_creditbridge_commands SET state = IF(fact = ?, 'done', 'refused'), live_fact = NULL,
         reason = 'gone' WHERE fact IN (?, ?)`,
      [fact, fact, `${fact}:to`],
    );
    froms.push(from);
  }
  await database.query("UPDATE mod_creditbridge_settings SET state = 'paired' WHERE id = 1");
  const [first = 0, broken = 0, last = 0] = froms;
  const backs = async (client: number) =>
    (await commandsOf(client)).filter(({ fact }) => fact.endsWith(':back')).length;
  await whileBroken('mod_creditbridge_commands', `NEW.client_id = ${broken}`, async () => {
    expect(await operations.sweep(new Date())).toMatchObject({ transfers: 2 });
    expect([await backs(first), await backs(broken), await backs(last)]).toEqual([1, 0, 1]);
    expect(await setAsideOf(broken)).toMatchObject([
      { text: expect.stringMatching(/^The way back of a transfer from client #.* is tried again/) },
    ]);
  });
  await operations.sweep(new Date());
  expect(await backs(broken)).toBe(1);
  expect(await setAsideOf(broken)).toEqual([]);
});

test('a proposal whose end can not be written keeps none of the others from ending', async () => {
  const client = await clientWith('300.00');
  await withLimit('10.00', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      ids.push(idOf(await operations.propose(deduct(client, '20.00'), ask(ADA))));
    }
    const [, broken = ''] = ids;
    const states = () =>
      Promise.all(ids.map(async (id) => (await findApproval(parts.db, id))?.state));
    await whileBroken('mod_creditbridge_audit', `NEW.target = 'operation:${broken}'`, async () => {
      expect(await operations.sweep(later(8))).toMatchObject({ expired: 2 });
      expect(await states()).toEqual(['expired', 'pending', 'expired']);
      expect(await setAsideOf(null)).toMatchObject([{ fact: `set-aside:approval:${broken}` }]);
    });
    await operations.sweep(later(8));
    expect(await states()).toEqual(['expired', 'expired', 'expired']);
    expect(await setAsideOf(null)).toEqual([]);
  });
});

test('an amount in parts counts as one amount, for each proposer, over all clients', async () => {
  const [client, other] = [await clientWith('0.00'), await clientWith('0.00')];
  await withLimit('100.00', async () => {
    const outcome = async (one: Operation, actor: Admin) =>
      (await operations.propose(one, ask(actor))).outcome;
    expect(await outcome(add(client, '60.00'), ADA)).toBe('commanded');
    expect(await outcome(add(client, '40.00'), ADA)).toBe('commanded');
    expect(await outcome(add(client, '0.01'), ADA)).toBe('waits-for-approval');
    expect(await outcome(add(other, '0.01'), ADA)).toBe('waits-for-approval');
    // Each for another client, so that no lock of a client is what makes them wait for each other.
    const many = await Promise.all(Array.from({ length: 10 }, () => clientWith('0.00')));
    const parallel = await Promise.all(
      many.map((one) => operations.propose(add(one, '30.00'), ask(SAM))),
    );
    expect(parallel.filter((one) => one.outcome === 'commanded')).toHaveLength(3);
    expect((await operations.propose(add(client, '100.00'), ask(ADA, later(2)))).outcome).toBe(
      'commanded',
    );
  });
});

test('a currency without an amount of its own has the strictest of the others, and shares of all add up', async () => {
  const [euros, dollars, yen] = [
    await clientWith('0.00'),
    await clientWith('0.00', 2),
    await clientWith('0.00', 3),
  ];
  await withLimit('100.00', async () => {
    const outcome = async (one: Operation) => (await operations.propose(one, ask(ADA))).outcome;
    expect(await readLimits(parts.db)).toEqual(
      new Map([
        [1, 10_000n],
        [2, 11_000n],
        [3, 1_600_000n],
      ]),
    );
    expect(await outcome(add(yen, '16000.01'))).toBe('waits-for-approval');
    expect(await outcome(add(yen, '4000.00'))).toBe('commanded');
    expect(await outcome(add(dollars, '55.00'))).toBe('commanded');
    expect(await outcome(add(euros, '25.01'))).toBe('waits-for-approval');
    expect(await outcome(add(euros, '25.00'))).toBe('commanded');
    expect(await outcome(add(yen, '0.01'))).toBe('waits-for-approval');
  });
});

test('what WHMCS refused does not count', async () => {
  const client = await clientWith('0.00');
  await withLimit('100.00', async () => {
    await operations.propose(add(client, '100.00'), ask(ADA));
    await database.query(
      "UPDATE mod_creditbridge_commands SET state = 'refused', live_fact = NULL WHERE client_id = ?",
      [client],
    );
    expect((await operations.propose(add(client, '100.00'), ask(ADA))).outcome).toBe('commanded');
  });
});

test('nobody has to set an amount: it is what most deposits of the year keep below, or 100.00 converted', async () => {
  const rich = await clientWith('0.00');
  const deposit = (amount: number, paid: string, status = 'Paid') =>
    addInvoice(database.root, {
      client: rich,
      total: `${amount}.00`,
      status,
      lines: [{ type: 'AddFunds', amount: `${amount}.00` }],
    }).then((id) => database.query('UPDATE tblinvoices SET datepaid = ? WHERE id = ?', [paid, id]));
  const today = new Date().toISOString().slice(0, 10);
  for (let amount = 1; amount <= 20; amount++) await deposit(amount * 10, today);
  for (let nth = 0; nth < 5; nth++) await deposit(9000, '2020-01-01');
  await deposit(9000, today, 'Unpaid');
  await database.query("DELETE FROM mod_creditbridge_rule_settings WHERE rule LIKE 'operations/%'");
  // Before anything is set, the usual amount holds.
  expect((await readLimits(parts.db))?.get(EUR)).toBe(10_000n);
  await operations.sweep(new Date());
  await operations.sweep(new Date());
  expect(await readLimits(parts.db)).toEqual(
    new Map([
      [1, 19_000n],
      [2, 11_000n],
      [3, 1_600_000n],
    ]),
  );
  const [version, ...more] = await approvalAmountVersions(parts.db, 2);
  expect(version).toMatchObject({ changedBy: 'service:defaults' });
  expect(more[0]?.changedBy).not.toBe('service:defaults');
  const raised = await operations.propose(
    { kind: 'threshold', amounts: { '1': '190.01', '2': '110.00', '3': '16000.00' } },
    ask(ADA),
  );
  expect(raised.outcome).toBe('waits-for-approval');
  await operations.withdraw(idOf(raised), ask(ADA));
  await generousApprovals(database.query);
});

test('a transfer in parts cannot get around the amount by its receiver', async () => {
  const [a, b, to] = [
    await clientWith('90.00'),
    await clientWith('90.00'),
    await clientWith('0.00'),
  ];
  const transfer = (clientId: number): Operation => ({
    kind: 'transfer',
    clientId,
    toClientId: to,
    amount: '90.00',
    grantId: null,
    grantKind: 'adjustment',
  });
  await withLimit('100.00', async () => {
    expect((await operations.propose(transfer(a), ask(ADA))).outcome).toBe('commanded');
    expect((await operations.propose(transfer(b), ask(ADA))).outcome).toBe('waits-for-approval');
  });
});

test('approval amounts are lowered freely; to do more alone needs a second admin', async () => {
  const change = (amounts: Record<string, string>): Operation => ({ kind: 'threshold', amounts });
  await withLimit('100.00', async () => {
    expect((await operations.propose(change({ 1: '50.00', 2: '70.00' }), ask(ADA))).outcome).toBe(
      'saved',
    );
    expect(await operations.propose(change({ 1: '50', 2: '70' }), ask(ADA))).toMatchObject({
      code: 'already-so',
    });
    // Without its amount USD has what 50.00 EUR is: less than before, so nobody else has to agree.
    expect((await operations.propose(change({ 1: '50.00' }), ask(ADA))).outcome).toBe('saved');
    for (const amounts of [{ 1: '50.01' }, { 1: '50.00', 2: '70.00' }, {}]) {
      const raised = await operations.propose(change(amounts), ask(ADA));
      expect(raised.outcome).toBe('waits-for-approval');
      expect(await operations.approve(idOf(raised), ask(ADA))).toMatchObject({
        code: 'own-proposal',
      });
    }
    expect(await readApprovalAmounts(parts.db)).toEqual(new Map([[1, 5000n]]));
    const [newest] = (await listApprovals(parts.db, { pending: true }, undefined, 1)).rows;
    expect((await operations.approve(newest?.id ?? '', ask(SAM))).outcome).toBe('approved');
    expect(await readApprovalAmounts(parts.db)).toEqual(new Map());
    expect(
      (await approvalAmountVersions(parts.db, 10)).map(({ changedBy }) => changedBy),
    ).toContain('admin:1');
  });
});

test('a change of approval amounts is not approved when they were changed meanwhile', async () => {
  const change = (amounts: Record<string, string>): Operation => ({ kind: 'threshold', amounts });
  await withLimit('100.00', async () => {
    const raised = idOf(await operations.propose(change({ 1: '1000.00' }), ask(ADA)));
    const soon = new Date(Date.now() + 1000);
    const lowered = change({ 1: '100.00', 2: '50.00' });
    expect((await operations.propose(lowered, ask(SAM, soon))).outcome).toBe('saved');
    // It would take the limit of the other currency away, which nobody agreed to.
    expect(await operations.approve(raised, ask(SAM, soon))).toMatchObject({
      code: 'settings-changed',
    });
    expect((await readApprovalAmounts(parts.db))?.get(2)).toBe(5000n);
    expect((await operations.withdraw(raised, ask(ADA))).outcome).toBe('withdrawn');
  });
});

test('the proposer withdraws, another admin rejects; either frees what was held', async () => {
  const client = await clientWith('300.00');
  await withLimit('1.00', async () => {
    const [first, second] = [
      idOf(await operations.propose(deduct(client, '100.00'), ask(ADA))),
      idOf(await operations.propose(deduct(client, '100.00'), ask(SAM))),
    ];
    expect((await operations.withdraw(first, ask(ADA))).outcome).toBe('withdrawn');
    expect((await operations.reject(second, ask(ADA))).outcome).toBe('rejected');
    expect(await readBalance(parts.db, client)).toMatchObject({ spendableHundredths: 30_000n });
    expect(await operations.approve(first, ask(SAM))).toMatchObject({ code: 'already-decided' });
  });
});

test('nothing is written for a frozen client until it is unfrozen', async () => {
  const client = await clientWith('300.00');
  await withLimit('100.00', async () => {
    const id = idOf(await operations.propose(deduct(client, '150.00'), ask(ADA)));
    const token = newId();
    const freeze = () => operations.freeze(client, { ...ask(SAM), token });
    expect([await freeze(), await freeze()]).toEqual([
      { outcome: 'frozen' },
      { outcome: 'repeated' },
    ]);
    expect(await readBalance(parts.db, client)).toMatchObject({
      freeze: { reason: 'As agreed by phone.', by: 'admin:2' },
    });
    const refused = { outcome: 'refused', code: 'client-frozen' };
    expect(await operations.propose(deduct(client, '1.00'), ask(ADA))).toMatchObject(refused);
    expect(await operations.approve(id, ask(SAM))).toMatchObject(refused);
    expect(await operations.freeze(client, ask(ADA))).toMatchObject({ code: 'already-so' });
    expect(await operations.unfreeze(client, ask(ADA))).toEqual({ outcome: 'unfrozen' });
    expect((await operations.approve(id, ask(SAM))).outcome).toBe('approved');
  });
});

test('a correction goes the same way and needs the same approval', async () => {
  const client = await clientWith('300.00');
  const correct = (direction: 'add' | 'remove', amount: string): Operation => ({
    kind: 'correct',
    clientId: client,
    direction,
    amount,
    undoes: null,
  });
  await withLimit('100.00', async () => {
    expect((await operations.propose(correct('remove', '20.00'), ask(ADA))).outcome).toBe(
      'commanded',
    );
    expect((await operations.propose(correct('add', '90.00'), ask(ADA))).outcome).toBe(
      'waits-for-approval',
    );
  });
  expect(await commandsOf(client)).toMatchObject([{ kind: 'difference', hold_hundredths: 2000 }]);
});

test('settings of the ledger are versions, and nobody overwrites another’s unseen', async () => {
  const settings = {
    drawOrder: ['expiry', 'kind', 'age'],
    kindOrder: [
      'paid',
      'refund',
      'opening',
      'unexplained',
      'affiliate',
      'adjustment',
      'promotional',
    ],
    promotionalFundsUnfunded: true,
  } as const;
  const save = (basedOn: number) =>
    operations.saveLedgerSettings(settings, { ...ask(ADA), basedOn });
  const both = await Promise.all([save(0), save(0)]);
  expect(both.map(({ outcome }) => outcome).sort()).toEqual(['refused', 'saved']);
  const [version] = await ledgerSettingsVersions(parts.db, 10);
  expect(version).toMatchObject({ version: 1, value: settings, changedBy: 'admin:1' });
  const twice = { ...settings, drawOrder: ['age', 'age'] as const };
  expect(await operations.saveLedgerSettings(twice, { ...ask(ADA), basedOn: 1 })).toMatchObject({
    code: 'settings-invalid',
  });
});
