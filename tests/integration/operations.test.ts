import { v7 as newId } from 'uuid';
import { expect, test } from 'vitest';
import { listGrants } from '../../src/books/index.ts';
import {
  findApproval,
  ledgerSettingsVersions,
  type Operation,
  readBalance,
} from '../../src/operations/index.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import {
  ADA,
  add,
  ask,
  deduct,
  EUR,
  idOf,
  later,
  openOperations,
  SAM,
} from '../support/open-operations.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

const { database, parts, operations, clientWith, commandsOf, withLimit } = await openOperations();

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
    expects: '{"currency":1}',
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
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Late', -5)",
    [client, whmcsDay()],
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
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Bonus', 8)",
    [from, whmcsDay()],
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
      "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Out', -10)",
      [from, whmcsDay()],
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
