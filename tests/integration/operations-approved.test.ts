import { expect, test } from 'vitest';
import {
  type Admin,
  approvalAmountVersions,
  findApproval,
  listApprovals,
  type Operation,
  readApprovalAmounts,
  readBalance,
  readLimits,
} from '../../src/operations/index.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
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
import { addClient, addInvoice } from '../support/whmcs-rows.ts';

const { database, parts, operations, clientWith, commandsOf, withLimit } = await openOperations();

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
  const american = await addClient(database.root, { currency: 2 });
  const deposit = (amount: number, paid: string, status = 'Paid', client = rich) =>
    addInvoice(database.root, {
      client,
      total: `${amount}.00`,
      status,
      lines: [{ type: 'AddFunds', amount: `${amount}.00` }],
    }).then((id) => database.query('UPDATE tblinvoices SET datepaid = ? WHERE id = ?', [paid, id]));
  const today = whmcsDay();
  for (let amount = 1; amount <= 20; amount++) await deposit(amount * 10, today);
  for (let nth = 0; nth < 5; nth++) await deposit(9000, '2020-01-01');
  await deposit(9000, today, 'Unpaid');
  // One too few to show what is usual in this currency.
  for (let nth = 0; nth < 19; nth++) await deposit(9000, today, 'Paid', american);
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
  const [notice] = await database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE fact = 'approval-amounts:set' AND seen_at IS NULL",
  );
  expect(notice?.text).toContain('more than 190.00 EUR or 110.00 USD or 16000');
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

test('an approval amount of more than a thousand times what deposits show is refused, whoever would agree', async () => {
  const change = (amounts: Record<string, string>): Operation => ({ kind: 'threshold', amounts });
  await withLimit('100.00', async () => {
    // The deposits of this year stand in the test above: 190.00 EUR; 100.00 EUR converted in the other currencies.
    expect(
      await operations.propose(change({ 1: '190000.01', 2: '110000.00' }), ask(ADA)),
    ).toMatchObject({
      code: 'amount-too-large',
      message: expect.stringMatching(
        /^190000\.01 EUR is more than 1000 times 190\.00 EUR.*Set at most 190000\.00 EUR\.$/,
      ),
    });
    expect(await operations.propose(change({ 2: '110000.01' }), ask(ADA))).toMatchObject({
      code: 'amount-too-large',
    });
    // An amount from before that is above it keeps nobody from lowering another.
    await generousApprovals(database.query);
    const rest = { 2: '1000000.00', 3: '1000000.00', 4: '1000000.00', 5: '1000000.00' };
    const lowered = await operations.propose(change({ 1: '100.00', ...rest }), ask(ADA));
    expect(lowered.outcome).toBe('saved');
    const most = await operations.propose(change({ 1: '190000.00' }), ask(ADA));
    expect(most.outcome).toBe('waits-for-approval');
    await operations.withdraw(idOf(most), ask(ADA));
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
