import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { readBalance } from '../../src/operations/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { mirrorLog } from '../support/mirror-log.ts';
import { openRepairs } from '../support/open-repairs.ts';
import { runCommand } from '../support/run-command.ts';
import { addClient, addInvoice } from '../support/whmcs-rows.ts';

const {
  database,
  parts,
  now,
  wait,
  looksAs,
  ask,
  post,
  fieldsOf,
  move,
  overwritten,
  accountOf,
  grantsOf,
  lastAudit,
  runCommandOf,
  mirrorUnexplained,
} = await openRepairs();

test('open differences are listed with both figures, and a client’s page says what probably happened', async () => {
  expect((await ask('drifts')).html).toContain('WHMCS and the ledger agree');
  const client = await overwritten('50.00', '70.00');
  const list = await ask('drifts');
  expect(list).toMatchObject({ status: 200, title: 'Differences' });
  expect(list.html).toContain(`Client #${client}`);
  expect(list.html).toMatch(/70\.00.*50\.00.*20\.00/s);
  const { html } = await ask(`drifts/${client}`);
  expect(html).toContain(
    'The balance was probably overwritten by hand or by a program, raised by 20.00',
  );
  expect(html).toContain('The client is set aside');
  // Neither answer is the one that a hurried admin takes for the usual one.
  expect(html).not.toContain('cb-primary');
  expect((await ask(`client/${client}`)).html).toContain(`page=drifts`);

  expect((await ask('drifts/99999')).status).toBe(404);
  looksAs('View Credit Log');
  expect((await ask(`drifts/${client}`)).html).not.toContain('<form');
  looksAs();
  expect((await ask(`drifts/${client}`)).status).toBe(403);
});

test('no balance below zero is offered', async () => {
  const client = await overwritten('-5.00', '20.00');
  const { html } = await ask(`drifts/${client}`);
  expect(html).toContain('never put below zero');
  expect(html).not.toContain('value="correct-drift"');
  expect(html).toContain('value="accept-drift"');
});

test('accepting needs a reason and the figures that were seen, and is done once', async () => {
  const client = await overwritten('10.00', '16.00');
  const page = `drifts/${client}`;
  const fields = fieldsOf((await ask(page)).html, 'accept-drift');
  expect(await post(page, { ...fields, once: v7({ msecs: now() }), reason: ' ' })).toMatchObject({
    status: 422,
    html: expect.stringContaining('say why'),
  });

  await move(client, '-1.00');
  await mirrorLog(parts.db);
  const moved = await post(page, { ...fields, once: v7({ msecs: now() }), reason: 'Imported' });
  expect(moved).toMatchObject({
    status: 422,
    html: expect.stringContaining('not those that were seen'),
  });
  expect(await accountOf(client)).toMatchObject({ balance: 900, credit: '15.00' });

  const again = {
    ...fieldsOf((await ask(page)).html, 'accept-drift'),
    as: 'paid',
    reason: 'Imported',
  };
  expect(await post(page, again)).toMatchObject({
    status: 303,
    redirect: `page=${page}&said=drift-accepted`,
  });
  expect((await post(page, again)).redirect).toContain('said=repeated');
  expect(await accountOf(client)).toEqual({ balance: 1500, credit: '15.00', drifts: 0 });
  expect((await grantsOf(client)).at(-1)).toEqual({ kind: 'paid', amount: 600, remaining: 600 });
  expect(await lastAudit()).toMatchObject({
    actor: 'admin:7',
    act: 'drift-accept',
    target: `client:${client}`,
    details: expect.stringContaining('"reason":"Imported"'),
  });
  const [entry] = await database.query(
    "SELECT kind, admin_id, reason, from_account FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'difference'",
    [client],
  );
  expect(entry).toEqual({
    kind: 'difference',
    admin_id: 7,
    reason: 'Imported',
    from_account: 'difference',
  });
  await expectCoherentLedger(database, { caughtUp: false });
});

test('a difference that lacks credit is accepted as spent', async () => {
  const client = await overwritten('10.00', '4.00');
  const page = `drifts/${client}`;
  const fields = fieldsOf((await ask(page)).html, 'accept-drift');
  await post(page, { ...fields, reason: 'Paid out in cash' });
  expect(await accountOf(client)).toEqual({ balance: 400, credit: '4.00', drifts: 0 });
  expect(await grantsOf(client)).toEqual([{ kind: 'adjustment', amount: 1000, remaining: 400 }]);
});

test('rows that the ledger has not read keep a difference from being put right', async () => {
  const client = await overwritten('10.00', '11.00');
  const page = `drifts/${client}`;
  const fields = fieldsOf((await ask(page)).html, 'accept-drift');
  await move(client, '5.00');
  await database.query('UPDATE tblclients SET credit = 11 WHERE id = ?', [client]);
  expect((await ask(page)).html).toContain('Wait a moment');
  expect(await post(page, { ...fields, reason: 'x' })).toMatchObject({ status: 422 });
  await mirrorLog(parts.db);
  await database.query('UPDATE tblclients SET credit = 15 WHERE id = ?', [client]);
});

test.each([
  ['more', '50.00', '70.00', 'remove'],
  ['less', '50.00', '30.00', 'add'],
])(
  'WHMCS has %s: a command brings it to the ledger, and no grant is touched',
  async (_, ledger, whmcs, type) => {
    const client = await overwritten(ledger, whmcs);
    const page = `drifts/${client}`;
    const fields = fieldsOf((await ask(page)).html, 'correct-drift');
    expect(await post(page, { ...fields, reason: 'Typed wrongly' })).toMatchObject({
      status: 303,
      redirect: `page=client/${client}&said=asked`,
    });
    const [command] = await database.query<{ parameters: string; fact: string }>(
      'SELECT parameters, fact FROM mod_creditbridge_commands WHERE client_id = ?',
      [client],
    );
    expect(JSON.parse(command?.parameters ?? '')).toMatchObject({ type, amount: '20.00' });
    expect(await accountOf(client)).toMatchObject({ drifts: 0, balance: Number(whmcs) * 100 });
    await runCommandOf(client);
    expect(await accountOf(client)).toMatchObject({ balance: 5000, credit: '50.00' });
    const left = (await grantsOf(client)).filter(({ remaining }) => remaining > 0);
    expect(left).toEqual([{ kind: 'adjustment', amount: 5000, remaining: 5000 }]);
    await expectCoherentLedger(database, { caughtUp: false });
  },
);

test('a correction that may not be asked for leaves the difference as it was', async () => {
  const client = await overwritten('5.00', '9.00');
  await database.query(
    "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'Asked to', 'admin:1', NOW())",
    [client],
  );
  const page = `drifts/${client}`;
  const fields = fieldsOf((await ask(page)).html, 'correct-drift');
  const reply = await post(page, { ...fields, reason: 'Typed wrongly' });
  expect(reply).toMatchObject({ status: 422, html: expect.stringContaining('is frozen') });
  await expectNothingDone(client, { balance: 500, credit: '9.00' });
  await expectCoherentLedger(database, { caughtUp: false });
  await database.query('UPDATE tblclients SET credit = 5 WHERE id = ?', [client]);
});

test('what breaks between accepting a difference and writing its command leaves neither', async () => {
  const client = await overwritten('5.00', '9.00');
  const page = `drifts/${client}`;
  const form = {
    ...fieldsOf((await ask(page)).html, 'correct-drift'),
    once: v7({ msecs: now() }),
    reason: 'Typed wrongly',
  };
  await database.query(
    "CREATE TRIGGER break_it BEFORE INSERT ON mod_creditbridge_commands FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'",
  );
  const broken = await post(page, form).then(({ status }) => status, String);
  expect(String(broken)).toMatch(/5\d\d|broken/);
  await database.query('DROP TRIGGER break_it');
  await expectNothingDone(client, { balance: 500, credit: '9.00' });
  // The same form can be sent again.
  expect(await post(page, form)).toMatchObject({ redirect: `page=client/${client}&said=asked` });
  expect(await post(page, form)).toMatchObject({ redirect: `page=drifts/${client}&said=repeated` });
  await runCommandOf(client);
  expect(await accountOf(client)).toMatchObject({ balance: 500, credit: '5.00' });
});

async function expectNothingDone(client: number, account: object): Promise<void> {
  expect(await accountOf(client)).toMatchObject({ ...account, drifts: 1 });
  const left = await database.query(
    `SELECT id FROM mod_creditbridge_commands WHERE client_id = ?
     UNION ALL SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ? AND kind = 'difference'`,
    [client, client],
  );
  expect(left).toEqual([]);
}

test('a failed correction that can not be taken back keeps none of the others standing', async () => {
  const clients = [await overwritten('5.00', '9.00'), await overwritten('5.00', '9.00')];
  const [broken = 0, other = 0] = clients;
  for (const client of clients) {
    const page = `drifts/${client}`;
    const fields = fieldsOf((await ask(page)).html, 'correct-drift');
    await post(page, { ...fields, reason: 'Typed wrongly' });
    await database.query(
      "UPDATE mod_creditbridge_commands SET state = 'stale', live_fact = NULL WHERE client_id = ?",
      [client],
    );
  }
  await database.query(
    `CREATE TRIGGER break_it BEFORE INSERT ON mod_creditbridge_entries FOR EACH ROW
     IF NEW.client_id = ${broken} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
  );
  await parts.operations.sweep(new Date(now()));
  expect(await accountOf(broken)).toMatchObject({ balance: 900 });
  expect(await accountOf(other)).toMatchObject({ balance: 500 });
  await database.query('DROP TRIGGER break_it');
  await parts.operations.sweep(new Date(now()));
  expect(await accountOf(broken)).toMatchObject({ balance: 500 });
  await database.query('UPDATE tblclients SET credit = 5 WHERE id IN (?)', [clients]);
  await database.query("UPDATE mod_creditbridge_findings SET outcome = 'settled'");
});

test.each([
  ['rejected', 'approval'],
  ['stale', 'command'],
])('a correction that ends %s leaves the difference open again, not accepted', async (_, how) => {
  const client = await overwritten('5.00', '25.00');
  const page = `drifts/${client}`;
  const fields = fieldsOf((await ask(page)).html, 'correct-drift');
  if (how === 'approval') {
    await parts.operations.propose(
      { kind: 'threshold', amounts: { '1': '10.00' } },
      { actor: { kind: 'admin', adminId: 1 }, reason: 'Four eyes', at: new Date(now()) },
    );
  }
  const said = how === 'approval' ? 'waits' : 'asked';
  expect(await post(page, { ...fields, reason: 'Typed wrongly' })).toMatchObject({
    redirect: `page=client/${client}&said=${said}`,
  });
  expect(await accountOf(client)).toMatchObject({ balance: 2500, drifts: 0 });
  // While it is under way, nothing is taken back.
  await parts.operations.sweep(new Date(now()));
  expect(await accountOf(client)).toMatchObject({ balance: 2500 });
  if (how === 'approval') {
    const [proposal] = await database.query<{ id: string }>(
      "SELECT id FROM mod_creditbridge_approvals WHERE client_id = ? AND state = 'pending'",
      [client],
    );
    await parts.operations.reject(proposal?.id ?? '', {
      actor: { kind: 'admin', adminId: 2 },
      reason: 'No',
      at: new Date(now()),
    });
    await database.query(
      "DELETE FROM mod_creditbridge_rule_settings WHERE rule LIKE 'operations/%'",
    );
  } else {
    await database.query(
      "UPDATE mod_creditbridge_commands SET state = 'stale', live_fact = NULL WHERE client_id = ?",
      [client],
    );
  }
  await parts.operations.sweep(new Date(now()));
  await parts.operations.sweep(new Date(now()));
  expect(await accountOf(client)).toMatchObject({ balance: 500, credit: '25.00' });
  await parts.reconciliation.look();
  wait();
  await parts.reconciliation.look();
  expect(await accountOf(client)).toMatchObject({ balance: 500, drifts: 1 });
  expect((await readBalance(parts.db, client))?.spendableHundredths).toBe(500n);
  await expectCoherentLedger(database, { caughtUp: false });
  await database.query('UPDATE tblclients SET credit = 5 WHERE id = ?', [client]);
});

test('an unexplained grant gets its origin: the old entry is taken back and what was spent of it is covered', async () => {
  const client = await addClient(database.root);
  const invoice = await addInvoice(database.root, { client, total: '20.00' });
  const foreign = await addInvoice(database.root, {
    client: await addClient(database.root),
    total: '20.00',
  });
  await move(client, '20.00', 'Gutschrift');
  await mirrorUnexplained('Gutschrift');
  await move(client, '-8.00');
  await mirrorLog(parts.db);
  const page = `drifts/${client}`;
  const address = /page=drifts\/\d+&amp;entry=(\d+)/.exec((await ask(page)).html)?.[1] ?? '';
  const form = await ask(page, { query: { entry: address } });
  expect(form.html).toContain('“Gutschrift”');
  const fields = {
    ...fieldsOf(form.html, 'explain-entry'),
    reason: 'Bank statement of 20 November',
  };

  const wrong = await post(page, {
    ...fields,
    once: v7({ msecs: now() }),
    origin: 'deposit',
    invoice: String(foreign),
  });
  expect(wrong).toMatchObject({ status: 422, html: expect.stringContaining('has no invoice') });
  const otherWay = await post(page, { ...fields, once: v7({ msecs: now() }), origin: 'expiry' });
  expect(otherWay.status).toBe(422);

  const done = { ...fields, origin: 'deposit', invoice: String(invoice) };
  expect(await post(page, done)).toMatchObject({ redirect: `page=${page}&said=entry-explained` });
  expect((await grantsOf(client)).filter(({ remaining }) => remaining > 0)).toEqual([
    { kind: 'paid', amount: 2000, remaining: 1200 },
  ]);
  const entries = await database.query<{
    kind: string;
    revision: number;
    invoice_id: number | null;
  }>(
    'SELECT kind, revision, invoice_id FROM mod_creditbridge_entries WHERE client_id = ? AND amount_hundredths = 2000 ORDER BY sequence',
    [client],
  );
  expect(entries).toEqual([
    { kind: 'unknown', revision: 0, invoice_id: null },
    { kind: 'unknown', revision: 1, invoice_id: null },
    { kind: 'deposit', revision: 2, invoice_id: invoice },
  ]);
  const twice = await post(page, { ...done, once: v7({ msecs: now() }) });
  expect(twice).toMatchObject({
    status: 422,
    html: expect.stringContaining('explained or taken back'),
  });
  await expectCoherentLedger(database, { caughtUp: false });
});

test('findings that need somebody are shown, settled once with a reason, and found again under all', async () => {
  await database.query(
    `INSERT INTO mod_creditbridge_findings (fact, kind, client_id, invoice_id, text, outcome, found_at) VALUES
       ('paid-after-cancel:5', 'paid-after-cancel', 3, 4, 'Money <b>came</b> late.', 'open', '2026-11-22 09:00:00'),
       ('cancelled:9', 'cancelled', 3, 9, 'Only stock.', 'before', '2026-11-22 09:00:00')`,
  );
  const { html } = await ask('findings');
  expect(html).toContain('Money &lt;b&gt;came&lt;/b&gt; late.');
  expect(html).not.toContain('Only stock.');
  const fields = fieldsOf(html, 'settle-finding');
  expect(await post('findings', { ...fields, reason: 'Refunded' })).toMatchObject({
    redirect: 'page=findings&said=settled',
  });
  expect((await ask('findings')).html).toContain('Nothing needs you');
  const all = await ask('findings', { query: { show: 'all' } });
  expect(all.html).toContain('Refunded');
  expect(await lastAudit()).toMatchObject({ act: 'finding-settle', target: 'paid-after-cancel:5' });
});

test('what operations by hand could not finish stands among the findings, and needs somebody only where it does', async () => {
  await database.query(
    `INSERT INTO mod_creditbridge_findings (fact, kind, client_id, invoice_id, text, outcome, found_at) VALUES
       ('transfer-lost:a', 'transfer-lost', 3, NULL, 'Credit left and did not arrive.', 'open', '2026-11-22 09:00:00'),
       ('transfer-undone:b', 'transfer-undone', 3, NULL, 'Credit goes back.', 'asked', '2026-11-22 09:00:00'),
       ('correction-failed:c', 'correction-failed', 3, NULL, 'They differ as before.', 'asked', '2026-11-22 09:00:00')`,
  );
  const { html } = await ask('findings');
  expect(html).toContain('Credit left and did not arrive.');
  expect(html).not.toContain('Credit goes back.');
  const all = (await ask('findings', { query: { show: 'all' } })).html;
  for (const text of ['Credit goes back.', 'They differ as before.', 'WHMCS was asked']) {
    expect(all).toContain(text);
  }
  await post('findings', { ...fieldsOf(html, 'settle-finding'), reason: 'Added by hand' });
  expect((await ask('findings')).html).toContain('Nothing needs you');
});

test('creditbridge reconcile says in its exit code whether somebody is needed, and --wait tells traffic from a difference', async () => {
  const env = {
    CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
    CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
    CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
  };
  await database.query('DELETE FROM mod_creditbridge_drifts');
  await database.query(
    'UPDATE tblclients c JOIN mod_creditbridge_accounts a ON a.client_id = c.id SET c.credit = a.balance_hundredths / 100',
  );
  const fine = await runCommand(['reconcile'], env);
  expect(fine).toMatchObject({ code: 0 });
  expect(fine.out).toContain('agree about every client');

  const client = await addClient(database.root, { credit: '2.00' });
  const once = await runCommand(['reconcile', '--client', String(client)], env);
  expect(once).toMatchObject({ code: 1 });
  expect(once.out).toContain('Differences seen once: 1.');
  await database.query(
    'UPDATE mod_creditbridge_drifts SET first_seen_at = UTC_TIMESTAMP(6) - INTERVAL 294 SECOND WHERE client_id = ?',
    [client],
  );
  const waited = await runCommand(['reconcile', '--client', String(client), '--wait'], env);
  expect(waited).toMatchObject({ code: 1 });
  expect(waited.out).toContain('Balances that differ: 1.');

  await database.query("UPDATE mod_creditbridge_tail SET state = 'stopped'");
  const stopped = await runCommand(['reconcile'], env);
  expect(stopped).toMatchObject({ code: 1, out: expect.stringContaining('does not follow') });
  await database.query("UPDATE mod_creditbridge_tail SET state = 'following'");
  expect(await runCommand(['reconcile', '--client', 'x'], env)).toMatchObject({ code: 2 });
});
