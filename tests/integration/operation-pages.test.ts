import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageReply } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { listGrants } from '../../src/books/index.ts';
import { grantKinds, plainTerms } from '../../src/ledger/index.ts';
import { readSurplusLimits } from '../../src/parking/index.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { hiddenFields, visitPages } from '../support/page-visitor.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addAdmin, addClient, addCurrencies } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
afterAll(async () => {
  await parts.close();
  await database.drop();
});
const visitor = (adminId: number, permissions?: readonly string[]) =>
  visitPages((request) => parts.pages.render(request), database.installation, adminId, permissions);
const ada = visitor(1);
const sam = visitor(2);

const PROMISE = '<img src=x onerror=alert(1)> & promised';
let client = 0;
let other = 0;
let grant = '';

beforeAll(async () => {
  await addCurrencies(database.root);
  await addAdmin(database.root, 'ada');
  await addAdmin(database.root, 'sam');
  await beginLedger(parts.db);
  [client, other] = [
    await addClient(database.root, { credit: '40.00' }),
    await addClient(database.root),
  ];
  await database.query(
    `INSERT INTO tblcredit (clientid, date, description, amount) VALUES
       (?, '2026-11-01', 'Bonus <b>bold</b>', 10), (?, '2026-11-02', 'Deposit', 50),
       (?, '2026-11-03', 'Credit Applied to Invoice #7', -20)`,
    [client, client, client],
  );
  await mirrorLog(parts.db, ({ description }) =>
    description.startsWith('Bonus')
      ? {
          kind: 'bonus',
          act: {
            do: 'grant',
            kind: 'promotional',
            startsOn: null,
            expiresOn: '2099-06-30',
            priority: 100,
            refundable: false,
            followsInvoiceId: null,
            rule: '',
            fundsUnfunded: false,
          },
        }
      : description.startsWith('Deposit')
        ? {
            kind: 'deposit',
            act: {
              do: 'grant',
              kind: 'paid',
              startsOn: null,
              expiresOn: null,
              priority: 100,
              refundable: true,
              followsInvoiceId: null,
              rule: '',
              fundsUnfunded: false,
            },
          }
        : { kind: 'invoice', invoiceId: 7, act: { do: 'spend', grants: [] } },
  );
  const { rows } = await listGrants(
    parts.db,
    { clientId: client, remainingOnly: true },
    undefined,
    9,
  );
  grant = String(rows[0]?.id);
});

const pageOfClient = (clientId: number) =>
  parts.pages.render({
    protocol: 1,
    to: 'POST /v1/page',
    installation: database.installation,
    method: 'GET',
    page: 'overview',
    query: {},
    form: {},
    base: 'index.php?m=creditbridge',
    assets: '/a',
    token: { name: 'token', value: 't' },
    settings: {},
    viewer: {
      kind: 'client',
      clientId,
      userId: 1,
      permissions: ['invoices'],
      masqueradingAdminId: null,
    },
  });

const commands = () =>
  database.query<{ fact: string; parameters: string; state: string }>(
    'SELECT fact, parameters, state FROM mod_creditbridge_commands WHERE client_id <> 0 ORDER BY id',
  );

test('the account tells what credit is made of and which grants each entry used', async () => {
  const { status, html } = await ada.get(`client/${client}`);
  expect(status).toBe(200);
  expect(html).toContain('€40.00 EUR');
  expect(html).toMatch(/Paid in<\/a><small>#\d+ · 2 Nov 2026 · may be paid out/);
  expect(html).toContain(
    'Used for <a href="addonmodules.php?module=creditbridge&amp;page=invoice&amp;id=7">',
  );
  expect(html).toMatch(
    /from .*promotional #\d+<\/a> \(.*€10\.00 EUR.*paid in #\d+<\/a> \(.*€10\.00 EUR/,
  );
  expect(html).toContain('Bonus &lt;b&gt;bold&lt;/b&gt;');
  expect(html).not.toContain('<b>bold');
});

test('the client reads what the credit is made of and what it paid for, in plain words', async () => {
  const { status, html } = await pageOfClient(client);
  expect(status).toBe(200);
  expect(html).toMatch(/What it is made of.*Paid in by you.*since 2 Nov 2026.*€40\.00 EUR/s);
  expect(html).toContain('Used for <a href="viewinvoice.php?id=7">invoice #7</a>');
  expect(html).toContain('bonus, paid in by you');
  expect(html).not.toContain('addonmodules');
  expect(html).not.toContain('Bonus &lt;b');
  expect(html).not.toMatch(/admin #|\bada\b/);
});

test('credit that was explained anew stands on the client’s page once', async () => {
  const guest = await addClient(database.root, { credit: '5.00' });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-05', 'Hm', 5)",
    [guest],
  );
  await mirrorLog(parts.db, () => ({
    kind: 'unknown',
    act: { do: 'grant', ...plainTerms('unexplained'), fundsUnfunded: false },
  }));
  const [entry] = await database.query<{ sequence: number }>(
    'SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ?',
    [guest],
  );
  const { redirect } = await ada.post(`drifts/${guest}`, {
    act: 'explain-entry',
    entry: String(entry?.sequence),
    origin: 'bonus',
    reason: 'It was a bonus.',
  });
  expect(redirect).toContain('entry-explained');
  const { html } = await pageOfClient(guest);
  expect(html.match(/\+€5\.00 EUR/g)).toEqual(['+€5.00 EUR']);
  expect(html).not.toContain('−€5.00 EUR');
  expect(html).toContain('Promotional credit');
});

test('during a difference or a doubt the client’s page says nothing that contradicts itself', async () => {
  const guest = await addClient(database.root, { credit: '25.00' });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-05', 'Deposit', 25)",
    [guest],
  );
  await mirrorLog(parts.db);
  expect((await pageOfClient(guest)).html).toMatch(/What it is made of.*€25\.00 EUR/s);
  await database.query('UPDATE tblclients SET credit = 18 WHERE id = ?', [guest]);
  const differs = (await pageOfClient(guest)).html;
  expect(differs).toContain('€18.00 EUR');
  expect(differs.split('What happened')[0]).not.toContain('€25.00 EUR');
  expect(differs).toContain('This is being brought up to date.');

  await database.query(
    `INSERT INTO mod_creditbridge_commands
      (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, rule, state, reason, created_at, amount_hundredths, hold_hundredths)
     VALUES (UUID(), 'x', 'x', ?, 77, 'ApplyCredit', '{}', '{}', 'auto-apply', 'unknown', '', UTC_TIMESTAMP(6), 700, 700)`,
    [guest],
  );
  const untold = (await pageOfClient(guest)).html;
  expect(untold).not.toMatch(/Being used|is about to be used|On its way/);
  expect(untold).toMatch(/Being checked.*Whether credit was used for .*#77/s);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-05', 'Credit Applied to Invoice #77', -7)",
    [guest],
  );
  await mirrorLog(parts.db, () => ({
    kind: 'invoice',
    invoiceId: 77,
    act: { do: 'spend', grants: [] },
  }));
  const doubtful = (await pageOfClient(guest)).html;
  expect(doubtful).not.toMatch(/Being used|is about to be used|On its way/);
  expect(doubtful).toMatch(/Being checked.*Whether credit was used for .*#77/s);
  expect(doubtful).toMatch(/What it is made of.*€18\.00 EUR/s);
  // The same command while it runs is told once, by its entry.
  await database.query(
    "UPDATE mod_creditbridge_commands SET state = 'running' WHERE client_id = ?",
    [guest],
  );
  const running = (await pageOfClient(guest)).html;
  expect(running).not.toContain('Being used');
  expect(running).toContain('Used for <a href="viewinvoice.php?id=77">');
  await database.query('DELETE FROM mod_creditbridge_commands WHERE client_id = ?', [guest]);
});

test('every page of it renders without inline script or style, and a missing one is not found', async () => {
  for (const page of [
    'clients',
    'approvals',
    'ledger-settings',
    `client/${client}`,
    `grant/${grant}`,
    ...['add', 'deduct', 'transfer', 'revoke'].map((kind) => `client/${client}/${kind}`),
  ]) {
    const reply = await ada.get(page);
    expect([page, reply.status, pageReply.safeParse(reply).success]).toEqual([page, 200, true]);
    expect(
      reply.html.match(/<(script|style)(?![^>]* src=)[^>]*>|<[^>]* (style|on\w+)=/gi),
    ).toBeNull();
  }
  for (const page of [
    'client/4000000',
    'client/x',
    `client/${client}/steal`,
    'grant/99999',
    'grant/x',
  ]) {
    expect([page, (await ada.get(page)).status]).toEqual([page, 404]);
  }
  const found = await ada.get('clients', { id: `#${client}` });
  expect(found.html).toContain(`Client #${client}`);
});

test('without the right to manage there is nothing to press, and without the right to look nothing to see', async () => {
  const looking = visitor(3, ['View Credit Log']);
  for (const page of [`client/${client}`, 'approvals', 'ledger-settings', `grant/${grant}`]) {
    const { status, html } = await looking.get(page);
    expect([page, status]).toEqual([page, 200]);
    expect(html).not.toContain('<form method="post"');
  }
  expect((await looking.get(`client/${client}/add`)).status).toBe(403);
  const form = { act: 'propose-operation', amount: '1.00', grantKind: 'paid', reason: 'x' };
  expect((await looking.post(`client/${client}/add`, form)).status).toBe(403);
  const stranger = visitor(3, []);
  expect((await stranger.get(`client/${client}`)).status).toBe(403);
  expect(await commands()).toEqual([]);
});

test('a form with mistakes comes back with all that was typed', async () => {
  const typed = {
    amount: '12,345',
    grantKind: 'promotional',
    expiresOn: '2099-01-01',
    reason: PROMISE,
  };
  const { status, html } = await ada.send(`client/${client}/add`, 'propose-operation', typed);
  expect(status).toBe(422);
  expect(html).toContain('An amount is written like 12.50 and is above zero.');
  expect(html).toContain('value="12,345"');
  expect(html).toContain('value="2099-01-01"');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; promised');
  expect(html).not.toContain('<img');
  const silent = await ada.send(`client/${client}/add`, 'propose-operation', {
    ...typed,
    amount: '1',
    reason: '',
  });
  expect(silent.html).toContain('A reason of at most 500 characters is wanted');
  const poor = { amount: '40.01', grantId: '', reason: 'No.' };
  const refused = await ada.send(`client/${client}/deduct`, 'propose-operation', poor);
  expect(refused.html).toContain(`Client #${client} can spend 40.00 EUR, less than 40.01 EUR.`);
  expect(await commands()).toEqual([]);
});

test('credit is added once, however often the form is sent', async () => {
  const page = `client/${client}/add`;
  const { html } = await ada.get(page);
  const form = {
    ...hiddenFields(html, 'propose-operation'),
    amount: '2,50',
    grantKind: 'promotional',
    expiresOn: '',
    priority: '50',
    reason: PROMISE,
  };
  const replies = await Promise.all([1, 2, 3].map(() => ada.post(page, form)));
  expect(replies.map(({ redirect }) => redirect).sort()).toEqual([
    `page=client/${client}&said=asked`,
    `page=client/${client}&said=repeated`,
    `page=client/${client}&said=repeated`,
  ]);
  const [command, ...others] = await commands();
  expect(others).toEqual([]);
  expect(command?.fact).toBe(`operation:${form['once' as keyof typeof form]}`);
  expect(JSON.parse(command?.parameters ?? '')).toMatchObject({ amount: '2.50', type: 'add' });
  expect((await ada.get(`client/${client}`)).html).toContain('Grant €2.50 EUR');
});

test('the same amount for the same reason again is asked about first, whoever it is', async () => {
  const page = `client/${client}/add`;
  const typed = {
    amount: '2.50',
    grantKind: 'promotional',
    expiresOn: '',
    priority: '50',
    reason: PROMISE,
  };
  const asked = await sam.send(page, 'propose-operation', typed);
  expect(asked.status).toBe(422);
  expect(asked.html).toContain('ada (admin #1) did the same for the same reason');
  expect(asked.html).toContain('name="once-more"');
  const other = await sam.send(page, 'propose-operation', { ...typed, amount: '2.49' });
  expect(other.redirect).toBe(`page=client/${client}&said=asked`);
  const meant = await sam.send(page, 'propose-operation', { ...typed, 'once-more': 'on' });
  expect(meant.redirect).toBe(`page=client/${client}&said=asked`);
  await database.query(
    'DELETE FROM mod_creditbridge_commands WHERE client_id = ? AND id NOT IN (SELECT * FROM (SELECT MIN(id) FROM mod_creditbridge_commands) first)',
    [client],
  );
});

test('a transfer to a client that is not there says so beside its field', async () => {
  const typed = {
    toClientId: 'nobody',
    amount: '1',
    grantId: '',
    grantKind: 'adjustment',
    reason: 'x',
  };
  const { status, html } = await ada.send(`client/${client}/transfer`, 'propose-operation', typed);
  expect(status).toBe(422);
  expect(html).toMatch(/id="toClientId-fault"/);
  const done = await ada.send(`client/${client}/transfer`, 'propose-operation', {
    ...typed,
    toClientId: `#${other}`,
  });
  expect(done.redirect).toBe(`page=client/${client}&said=asked`);
  await database.query("UPDATE mod_creditbridge_commands SET state = 'refused', live_fact = NULL");
});

test('above the approval amount another admin decides, and the proposer is told why not', async () => {
  const set = await ada.send('ledger-settings', 'save-approval-amounts', {
    'amount-1': '20',
    'amount-2': '',
    reason: 'Four eyes.',
  });
  expect(set.redirect).toBe('page=ledger-settings&said=amounts');
  const typed = { amount: '30.00', grantId: '', reason: PROMISE };
  const proposed = await ada.send(`client/${client}/deduct`, 'propose-operation', typed);
  expect(proposed.redirect).toBe(`page=client/${client}&said=waits`);
  expect((await ada.get(`client/${client}`)).html).toMatch(
    /Reserved<\/dt><dd><span class="cb-money">€30\.00 EUR/,
  );

  const own = await ada.get('approvals');
  expect(own.html).toContain('You proposed it, so another admin has to approve it.');
  expect(own.html).not.toContain('value="approve-proposal"');
  expect(own.html).not.toContain('<img');
  const { html } = await sam.get('approvals');
  const form = { ...hiddenFields(html, 'approve-proposal'), reason: '' };
  // The proposer's own session, with the form of the other admin's page.
  expect(
    (
      await ada.post('approvals', {
        ...form,
        once: hiddenFields(html, 'approve-proposal')['once'] ?? '',
      })
    ).status,
  ).toBe(422);
  const clicks = await Promise.all([sam.post('approvals', form), sam.post('approvals', form)]);
  expect(clicks.map(({ status }) => status).sort()).toEqual([303, 422]);
  expect((await commands()).filter(({ state }) => state === 'open')).toHaveLength(1);
  expect((await sam.get('approvals')).html).toContain('Nothing waits for you');
  expect((await sam.get('approvals', { all: 'yes' })).html).toContain('approved by sam (admin #2)');

  const raised = await ada.send('ledger-settings', 'save-approval-amounts', {
    'amount-1': '2000',
    'amount-2': '',
    reason: 'More.',
  });
  expect(raised.redirect).toBe('page=approvals&said=waits');
  expect((await sam.get('approvals')).html).toContain(
    'a second admin has to agree above €2000.00 EUR',
  );
  const mine = await ada.send('approvals', 'withdraw-proposal', { reason: 'No need.' });
  expect(mine.redirect).toBe('page=approvals&said=withdrawn');
});

test('when a surplus cannot be right is set by its form, with a reason, once', async () => {
  const limits = () => readSurplusLimits(parts.db);
  expect(await limits()).toEqual({ times: 10, otherCurrencies: true });
  const send = (typed: Record<string, string>) =>
    ada.send('ledger-settings', 'save-surplus-limits', typed);
  for (const typed of [
    { times: '1', reason: 'Too small.' },
    { times: '2.5', reason: 'No whole number.' },
    { times: '20', reason: ' ' },
  ]) {
    const refused = await send(typed);
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('Nothing was saved.');
    expect(refused.html).toContain(`value="${typed.times}"`);
  }
  expect(await limits()).toEqual({ times: 10, otherCurrencies: true });

  const { html } = await sam.get('ledger-settings');
  const form = {
    ...hiddenFields(html, 'save-surplus-limits'),
    times: '20',
    reason: 'We sell small.',
  };
  const both = await Promise.all([
    sam.post('ledger-settings', form),
    sam.post('ledger-settings', form),
  ]);
  expect(both.map(({ redirect }) => redirect?.split('said=')[1]).sort()).toEqual([
    'repeated',
    'surplus',
  ]);
  expect(await limits()).toEqual({ times: 20, otherCurrencies: false });
  expect((await ada.get('ledger-settings')).html).toMatch(/name="times"[^>]*value="20"/);
  const [row] = await database.query<{ actor: string; details: string }>(
    "SELECT actor, details FROM mod_creditbridge_audit WHERE act = 'surplus-limits'",
  );
  expect(row?.actor).toBe('admin:2');
  expect(JSON.parse(row?.details ?? '{}')).toEqual({
    settings: { times: 20, otherCurrencies: false },
    reason: 'We sell small.',
  });
  // Empty: no surplus is too large; the box is ticked.
  await send({ times: '', 'other-currencies': 'on', reason: 'Never.' });
  expect(await limits()).toEqual({ times: null, otherCurrencies: true });
});

test('a client is frozen by one click, the reason comes afterwards, and going on needs one', async () => {
  const page = `client/${other}`;
  const frozen = await ada.send(page, 'freeze-client', {});
  expect(frozen.redirect).toBe(`page=client/${other}&said=frozen`);
  expect((await sam.send(page, 'note-freeze', { reason: ' ' })).status).toBe(422);
  const noted = await sam.send(page, 'note-freeze', { reason: PROMISE });
  expect(noted.redirect).toBe(`page=client/${other}&said=reason-noted`);
  const { html } = await ada.get(page);
  expect(html).toContain('Frozen by ada (admin #1)');
  expect(html).toContain('Nothing is done for this client until it is unfrozen.');
  expect((await ada.get('clients')).html).toContain(`page=client/${other}`);
  const refused = await ada.send(`client/${other}/add`, 'propose-operation', {
    amount: '1',
    grantKind: 'promotional',
    reason: 'x',
  });
  expect(refused.html).toContain(`Client #${other} is frozen`);
  expect(html).toContain('No commands wait for this client.');
  expect((await ada.send(page, 'unfreeze-client', { reason: '' })).status).toBe(422);
  expect((await ada.send(page, 'unfreeze-client', { reason: 'Settled.' })).redirect).toBe(
    `page=client/${other}&said=unfrozen`,
  );
});

test('the order of drawing is saved as a version, and two admins do not overwrite each other', async () => {
  const kinds = grantKinds.toReversed();
  const typed = {
    'draw-1': 'expiry',
    'draw-2': 'kind',
    'draw-3': '',
    'draw-4': '',
    ...Object.fromEntries(kinds.map((kind, index) => [`kind-${index + 1}`, kind])),
    reason: 'Paid first.',
  };
  const { html } = await sam.get('ledger-settings');
  const saved = await ada.send('ledger-settings', 'save-ledger-settings', typed);
  expect(saved.redirect).toBe('page=ledger-settings&said=order');
  const late = await sam.post('ledger-settings', {
    ...hiddenFields(html, 'save-ledger-settings'),
    ...typed,
  });
  expect(late.status).toBe(422);
  expect(late.html).toContain('Somebody changed these settings meanwhile.');
  const twice = await ada.send('ledger-settings', 'save-ledger-settings', {
    ...typed,
    'draw-1': 'kind',
  });
  expect(twice.status).toBe(422);
  expect((await ada.get('ledger-settings')).html).toContain(
    'Version 1</strong> <span class="cb-quiet">ada (admin #1)',
  );
});

test('a command in doubt is held against what WHMCS shows now', async () => {
  const [row] = await database.query<{ id: number }>('SELECT MAX(id) AS id FROM tblcredit');
  const [command] = await database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_commands WHERE state = 'open' AND client_id <> 0 LIMIT 1",
  );
  await database.query(
    "UPDATE mod_creditbridge_commands SET state = 'unknown', reason = 'Cut off.', witnesses = ? WHERE id = ?",
    [
      JSON.stringify({ balance: '40.00', creditId: row?.id, emailId: 0, invoice: null }),
      command?.id,
    ],
  );
  await database.query(
    'INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, ?, -30)',
    [client, whmcsDay(), `Credit deducted [cb:${command?.id}]`],
  );
  await database.query('UPDATE tblclients SET credit = 10 WHERE id = ?', [client]);
  const { html } = await ada.get(`commands/${command?.id}`);
  expect(html).toContain('Was it done?');
  expect(html).toMatch(/Balance<.*€40\.00 EUR.*€10\.00 EUR.*changed/s);
  expect(html).toContain('carries the mark of this command');
  expect(html).toMatch(/action="addonmodules\.php\?module=creditbridge&amp;page=connection"/);
  expect(html).toMatch(
    /name="creditlog".*<option value="\d+" selected>#\d+, -€30\.00 EUR, Credit deducted/s,
  );
  expect(hiddenFields(html, 'settle-done')).toMatchObject({
    command: command?.id,
    token: 'whmcs-token',
  });
  expect(hiddenFields(html, 'settle-not-done')).toMatchObject({ command: command?.id });
});
