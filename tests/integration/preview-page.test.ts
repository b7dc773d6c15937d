import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { prune } from '../../src/app/index.ts';
import { createLogger } from '../../src/base/logger.ts';
import { beginLedger } from '../support/mirror-log.ts';
import { visitPages } from '../support/page-visitor.ts';
import { seedPages } from '../support/seed-pages.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// The preview as a page: what stands unsaved in the form of a rule is tried, off the request, and nothing is committed.

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
/** Two replicas on one database: a page may be asked of either. */
const [here, there] = await Promise.all([replica(), replica()]);
const admin = (parts: Parts, adminId: number, ...permissions: string[]) =>
  visitPages((request) => parts.pages.render(request), database.installation, adminId, permissions);
const anna = admin(here, 1, 'Manage Credits');
const annaThere = admin(there, 1, 'Manage Credits');
const ben = admin(there, 2, 'Manage Credits');

/** The form of the rule as it stands on the page, with what is typed. */
const PAYS = {
  act: 'preview',
  mode: 'off',
  span: 'tomorrow',
  version: '0',
  's/onDueDate': 'on',
  's/dueOffsetDays': '0',
  's/coverage': 'partial',
  's/mail': 'as-is',
  's/order': 'oldest',
};

function replica(): Promise<Parts> {
  return createParts(
    { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
}

beforeAll(async () => {
  await seedPages(database, here.db, here.engine, new Date());
  await beginLedger(here.db);
});
beforeEach(() => database.query('DELETE FROM mod_creditbridge_previews'));
afterAll(async () => {
  await here.close();
  await there.close();
  await database.drop();
});

type Visitor = typeof anna;

async function begin(who: Visitor, typed: Record<string, string> = {}): Promise<string> {
  const reply = await who.send('rules/auto-apply', 'preview', { ...PAYS, ...typed });
  expect(reply.status, reply.html.match(/cb-f(lash|ault)[^<]*/g)?.join()).toBe(303);
  return /page=previews\/([0-9a-f-]{36})/.exec(reply.redirect ?? '')?.[1] ?? '';
}

/** The page of a preview as soon as it no longer runs. */
async function ended(who: Visitor, id: string): Promise<string> {
  return vi.waitUntil(
    async () => {
      const { html } = await who.get(`previews/${id}`);
      return html.includes('data-cb-refresh-seconds') ? undefined : html;
    },
    { timeout: 60_000, interval: 50 },
  );
}

/** Previews of the past wait for this table; pages do not ask it. */
async function whilePastWaits(work: () => Promise<void>): Promise<void> {
  const holder = await database.root.getConnection();
  await holder.query('LOCK TABLES mod_creditbridge_tail WRITE');
  try {
    await work();
  } finally {
    await holder.query('UNLOCK TABLES');
    holder.release();
  }
}

const stateOf = async (id: string) => {
  const [row] = await database.query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_previews WHERE id = ?',
    [id],
  );
  return row?.state;
};

const everything = () =>
  database.query(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_decisions) AS decisions,
       (SELECT COUNT(*) FROM mod_creditbridge_commands) AS commands,
       (SELECT COUNT(*) FROM mod_creditbridge_rule_settings_history) AS versions,
       (SELECT COUNT(*) FROM mod_creditbridge_runs) AS runs,
       (SELECT COUNT(*) FROM mod_creditbridge_audit) AS audit,
       (SELECT SUM(credit) FROM tblclients) AS credit`,
  );

const moneyOf = (html: string) =>
  [...html.matchAll(/<td[^>]*data-title="(?:Would|Really)"><div>(.*?)<\/div>/g)].map(
    ([, cell = '']) => cell.replaceAll(/<[^>]*>/g, ''),
  );

test('an unsaved draft has another result than the stored settings, and nothing is committed', async () => {
  const { act: _, span: __, ...saved } = PAYS;
  const reply = await anna.send('rules/auto-apply', 'save', { ...saved, mode: 'on', reason: '' });
  expect(reply.redirect).toContain('said=saved');
  const before = await everything();

  const stored = await ended(anna, await begin(anna));
  expect(moneyOf(stored)).toEqual(['$49.00 USD 3×']);
  const id = await begin(anna, { 's/reserve/1': '30.00' });
  const draft = await ended(anna, id);
  // Only client 13 has more than the reserve.
  expect(moneyOf(draft)).toEqual(['$10.00 USD 1×']);
  expect(draft).toContain('page=client/13">Client #13</a>');
  expect(draft).toContain('Nothing was changed');
  expect(await everything()).toEqual(before);

  // The way back has the draft in the form, still unsaved.
  const back = await anna.get('rules/auto-apply', { preview: id });
  expect(back.html).toMatch(/name="s\/reserve\/1"[^>]* value="30\.00"/);
  const { html } = await anna.get('rules/auto-apply');
  expect(html).not.toMatch(/name="s\/reserve\/1"[^>]* value="30/);
});

test('settings for a group and for one client are tried from their forms, on what the layers above say', async () => {
  expect(moneyOf(await ended(anna, await begin(anna)))).toEqual(['$49.00 USD 3×']);
  const before = await everything();
  const tried = async (layer: 'group' | 'client', of: string, typed: Record<string, string>) => {
    const own = Object.fromEntries(
      Object.keys(typed).map((name) => [`own/${name.split('/')[1]}`, 'on']),
    );
    const reply = await anna.send(
      'rules/auto-apply',
      'preview',
      { ...PAYS, ...own, ...typed },
      { layer, of },
    );
    expect(reply.status, reply.html.match(/cb-f(lash|ault)[^<]*/g)?.join()).toBe(303);
    const id = /page=previews\/([0-9a-f-]{36})/.exec(reply.redirect ?? '')?.[1] ?? '';
    const [row] = await database.query<{ settings: string }>(
      'SELECT settings FROM mod_creditbridge_previews WHERE id = ? AND layer = ? AND layer_id = ?',
      [id, layer, of],
    );
    return { settings: JSON.parse(row?.settings ?? '{}'), html: await ended(anna, id) };
  };
  const client = await tried('client', '13', { 's/reserve/1': '1000.00' });
  // Only what is the client's own is tried; the rest is as above.
  expect(client.settings).toEqual({ reserve: { '1': '1000.00' } });
  expect(client.html).toContain('<dd>Client #13</dd>');
  expect(moneyOf(client.html)).toEqual(['$24.00 USD 2×']);

  await database.root.query('UPDATE tblclients SET groupid = 1 WHERE id = 20');
  const group = await tried('group', '1', { 's/onDueDate': '' });
  expect(group.settings).toEqual({ onDueDate: false });
  expect(moneyOf(group.html)).toEqual(['$29.00 USD 2×']);
  expect(await everything()).toEqual(before);
  await database.root.query('UPDATE tblclients SET groupid = 0 WHERE id = 20');
});

test('the past stands beside what really happened, with what can’t be known and why, and as CSV', async () => {
  const before = await everything();
  const html = await ended(anna, await begin(anna, { span: 'past' }));
  expect(moneyOf(html)).toEqual(['¥100 JPY 1×', '¥0 JPY 0×', '$29.00 USD 2×', '$0.00 USD 0×']);
  expect(html).toContain('When an invoice was cancelled: WHMCS does not tell.');
  expect(html).toContain('WHMCS keeps no earlier versions.');
  const csv = decodeURIComponent(
    /href="data:text\/csv;charset=utf-8,([^"]*)"/.exec(html)?.[1] ?? '',
  );
  expect(csv.split('\r\n').slice(0, 3)).toEqual([
    '\uFEFFwhat,rule,does,client_id,currency,count,would,really,says',
    'effect,auto-apply,apply,,JPY,1,100.00,0.00,',
    'effect,auto-apply,apply,,USD,2,29.00,0.00,',
  ]);
  expect(await everything()).toEqual(before);
});

test('the page shows how far it is and asks again by itself; at the end all clients are looked at', async () => {
  const [{ count } = { count: 0 }] = await database.query<{ count: bigint | number }>(
    'SELECT COUNT(*) AS count FROM tblclients',
  );
  await whilePastWaits(async () => {
    const id = await begin(anna, { span: 'past' });
    const { html } = await anna.get(`previews/${id}`);
    expect(html).toContain('data-cb-refresh-seconds="2"');
    expect(html).toContain('It is beginning.');
  });
  const [row] = await database.query<{ id: string }>('SELECT id FROM mod_creditbridge_previews');
  await ended(anna, row?.id ?? '');
  expect(await database.query('SELECT state, done, of_all FROM mod_creditbridge_previews')).toEqual(
    [{ state: 'done', done: Number(count), of_all: Number(count) }],
  );

  const half = await insertRunning(7, { done: 500, beat: '+ INTERVAL 1 DAY' });
  const { html } = await anna.get(`previews/${half}`);
  expect(html).toContain('max="900" value="500"');
  expect(html).toContain('500 of 900 looked at.');
});

/** One that another replica works on, or has worked on. */
async function insertRunning(
  adminId: number,
  { done, beat }: { readonly done: number; readonly beat: string },
): Promise<string> {
  await database.query(
    `INSERT INTO mod_creditbridge_previews (id, admin_id, rule, layer, layer_id, mode, settings, span, done, of_all, asked_at, looked_at, beat_at)
     VALUES (UUID(), ?, 'auto-apply', 'installation', 0, 'off', '{}', 'past', ?, 900, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) ${beat})`,
    [adminId, done],
  );
  const [row] = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_previews WHERE running_for = ?',
    [adminId],
  );
  return row?.id ?? '';
}

test('an admin has one preview at a time, whichever replica is asked; a second admin has another', async () => {
  await whilePastWaits(async () => {
    const first = await begin(anna, { span: 'past' });
    // A second click is the same wish.
    expect(await begin(annaThere, { span: 'past' })).toBe(first);
    const refused = await annaThere.send('rules/auto-apply', 'preview', {
      ...PAYS,
      span: 'past',
      's/reserve/1': '7.00',
    });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain('you have one running');
    expect(refused.html).toMatch(/name="s\/reserve\/1"[^>]* value="7\.00"/);
    expect(refused.html).toContain(`page=previews/${first}`);

    const second = await begin(ben, { span: 'past', 's/reserve/1': '7.00' });
    expect(second).not.toBe(first);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['running', 'running']);
    // Either replica shows either.
    expect((await annaThere.get(`previews/${first}`)).html).toContain('It is beginning.');
  });
  const rows = await database.query<{ id: string }>('SELECT id FROM mod_creditbridge_previews');
  expect(rows).toHaveLength(2);
  for (const { id } of rows) expect(await ended(anna, id)).toContain('Download CSV');
});

test('two clicks at once on two replicas begin one preview', async () => {
  await whilePastWaits(async () => {
    const ids = await Promise.all(
      [anna, annaThere, anna, annaThere].map((who) => begin(who, { span: 'past' })),
    );
    expect(new Set(ids).size).toBe(1);
  });
});

test('no more than four run at a time', async () => {
  const on = { done: 0, beat: '+ INTERVAL 1 DAY' };
  for (const adminId of [11, 12, 13, 14]) await insertRunning(adminId, on);
  const refused = await anna.send('rules/auto-apply', 'preview', PAYS);
  expect([refused.status, refused.html.includes('other admins have as many running')]).toEqual([
    422,
    true,
  ]);
});

test('Stop ends a preview, and what it still finds is not kept', async () => {
  let id = '';
  await whilePastWaits(async () => {
    id = await begin(anna, { span: 'past' });
    const stopped = await annaThere.send(`previews/${id}`, 'stop-preview', {});
    expect(stopped.redirect).toContain('said=preview-stopped');
    expect((await anna.get(`previews/${id}`)).html).toContain('It was stopped');
    // Another may begin at once.
    await begin(anna, { span: 'past', 's/reserve/1': '7.00' });
  });
  const [next] = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_previews WHERE id <> ?',
    [id],
  );
  await ended(anna, next?.id ?? '');
  expect(
    await database.query('SELECT state, result FROM mod_creditbridge_previews WHERE id = ?', [id]),
  ).toEqual([{ state: 'stopped', result: null }]);
});

test('a preview that nobody looks at for a minute ends, and one that is looked at goes on', async () => {
  let left = '';
  let watched = '';
  await whilePastWaits(async () => {
    left = await begin(anna, { span: 'past' });
    watched = await begin(ben, { span: 'past' });
    await database.query(
      'UPDATE mod_creditbridge_previews SET looked_at = looked_at - INTERVAL 61 SECOND WHERE id = ?',
      [left],
    );
    await vi.waitUntil(async () => (await stateOf(left)) === 'left', 10_000);
    expect(await stateOf(watched)).toBe('running');
  });
  expect(await ended(ben, watched)).toContain('Download CSV');
  expect(await ended(anna, left)).toContain('It ended because nobody looked');
});

test('a preview whose service is gone says so, and its admin begins another', async () => {
  const dead = await insertRunning(1, { done: 500, beat: '- INTERVAL 61 SECOND' });
  expect((await anna.get(`previews/${dead}`)).html).toContain(
    'The service that worked on it has ended. Run it again.',
  );
  expect(await ended(anna, await begin(anna))).toContain('Download CSV');
});

test('a service that stops ends its previews', async () => {
  const stopping = await replica();
  let closed: Promise<void> | undefined;
  await whilePastWaits(async () => {
    await begin(admin(stopping, 3, 'Manage Credits'), { span: 'past' });
    closed = stopping.close();
  });
  await closed;
  expect(await database.query('SELECT state, says FROM mod_creditbridge_previews')).toEqual([
    { state: 'failed', says: 'The service was stopped. Run it again.' },
  ]);
});

test('a draft with mistakes begins nothing, and the form names them beside their fields', async () => {
  const { status, html } = await anna.send('rules/auto-apply', 'preview', {
    ...PAYS,
    mode: 'observe',
    span: 'tomorrow',
    's/dueOffsetDays': 'many',
  });
  expect(status).toBe(422);
  expect(html).toContain('No preview was begun. Correct the marked fields');
  expect(html).toMatch(/name="s\/dueOffsetDays"[^>]*aria-invalid="true"[^>]*value="many"/);
  expect(html).toMatch(/name="mode" value="observe"[^>]* checked/);
  expect(html).toMatch(/name="span" value="tomorrow" checked/);
  expect(await database.query('SELECT id FROM mod_creditbridge_previews')).toEqual([]);
});

test('a past that cannot be known says why', async () => {
  await database.query("UPDATE mod_creditbridge_tail SET state = 'adopting'");
  try {
    const html = await ended(anna, await begin(anna, { span: 'past' }));
    expect(html).toContain('The past is rebuilt from the ledger');
  } finally {
    await database.query("UPDATE mod_creditbridge_tail SET state = 'following'");
  }
});

test('to look needs View Credit Log, to begin and to stop Manage Credits', async () => {
  const id = await insertRunning(1, { done: 500, beat: '+ INTERVAL 1 DAY' });
  const viewer = admin(here, 2, 'View Credit Log');
  const looked = await viewer.get(`previews/${id}`);
  expect([looked.status, looked.html.includes('stop-preview')]).toEqual([200, false]);
  expect((await viewer.get('rules/auto-apply')).html).not.toContain('value="preview"');
  expect((await viewer.post('rules/auto-apply', PAYS)).status).toBe(403);
  expect((await viewer.post(`previews/${id}`, { act: 'stop-preview' })).status).toBe(403);
  const stranger = admin(here, 2);
  expect((await stranger.get(`previews/${id}`)).status).toBe(403);
  expect((await stranger.get('rules/auto-apply')).html).not.toContain(id);
  expect(await stateOf(id)).toBe('running');
});

test('previews go after a day', async () => {
  const old = await insertRunning(5, { done: 0, beat: '+ INTERVAL 1 DAY' });
  const fresh = await insertRunning(6, { done: 0, beat: '+ INTERVAL 1 DAY' });
  await database.query(
    'UPDATE mod_creditbridge_previews SET asked_at = asked_at - INTERVAL 25 HOUR WHERE id = ?',
    [old],
  );
  await prune(here.db, new Date());
  expect([await stateOf(old), await stateOf(fresh)]).toEqual([undefined, 'running']);
  expect((await anna.get(`previews/${old}`)).status).toBe(404);
});
