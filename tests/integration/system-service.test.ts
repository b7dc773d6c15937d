import { readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type Server } from 'node:http';
import { connect, createServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generateSecret, parseSecret, replyId, sign } from '../../bridge/index.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';

// The whole system with a service that is down, is not ours, or has a provider's broken rule in it; and as a copy.

// A server of its own: the stand-in counts the connections that were opened at the server, by whomever.
let server: DatabaseServer;
let installation: Installation;

beforeAll(async () => {
  server = await startDatabaseServer();
  installation = await startInstallation(server, {
    serviceEnv: {
      CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/never-ends'),
      CREDITBRIDGE_RULE_TIMEOUT_MS: '1000',
    },
  });
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
});

afterEach(() => expectNoPhpFaults(installation.database));

afterAll(async () => {
  await installation?.stop();
  await server?.stop();
});

const ANNA = 1;
const BEN = 2;

test('with the service down a hook costs the page one INSERT and no connection, a page without hooks one query', async () => {
  await installation.service.stop();
  const counter = await startCounter(installation.service.port);
  try {
    await openBreaker();
    await installation.standIn.setSwitch('log_statements', 'yes');
    await waitForWhmcs();
    const ben = await visitAsClient(installation.standIn, 'ben@example.com');
    await forgetStatements();
    await ben.get('clientarea.php');
    const page = await statements();
    expect(page.filter(({ label }) => label === 'creditbridge/hooks.php')).toEqual([
      expect.objectContaining({ statements: 1, connections: 0 }),
    ]);
    expect(page.filter(({ statements }) => statements > 0)).toHaveLength(1);

    await forgetStatements();
    await createInvoice(BEN, '5.00');
    const asked = (await statements()).filter(({ statements }) => statements > 0);
    expect(asked.map(({ label, connections }) => [label, connections])).toEqual([
      ['creditbridge/hooks.php', 0],
      ...(await forwardedHooks()).map((hook) => [hook, 0]),
    ]);
    for (const hook of asked.slice(1)) {
      expect(hook.statements).toBe(1);
      expect(hook.sql).toEqual([expect.stringMatching(/^INSERT INTO mod_creditbridge_spool/i)]);
    }
    expect(counter.connections()).toBe(0);
  } finally {
    await installation.standIn.setSwitch('log_statements', 'no');
    await counter.stop();
    await installation.service.start();
  }
});

test('a reply that another secret signed is as if nobody had answered: nothing is run, kept items stay', async () => {
  await closeBreaker();
  await installation.work();
  await installation.service.stop();
  const stranger = await startStranger(installation.service.port);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  try {
    await forgetLogs(installation.database);
    await createInvoice(BEN, '5.00');
    const kept = await spooled();
    expect(kept.length).toBeGreaterThan(0);
    await installation.work();
    expect(stranger.asked()).toContain('/v1/deliveries');
    expect(await spooled()).toEqual(kept);

    await closeBreaker();
    const page = await admin.get(addonPath('rules'));
    expect(stranger.asked()).toContain('/v1/page');
    expect(page.body).not.toContain('Pay here');
    expect(page.body).toContain('does not have the signature of our service');

    await closeBreaker();
    const tested = await postAct(admin, 'connection', 'pair');
    expect(tested.body).toContain('does not have the signature of our service');
    expect(await moneyChanges(installation.database, { what: 'credit_log' })).toEqual([]);
  } finally {
    await stranger.stop();
    await installation.service.start();
  }
  // The failed test of the connection stands in the module log, for the admin who looks for its cause.
  expect(await installation.database.query('SELECT action FROM tblmodulelog')).toEqual([
    { action: 'connection panel: pair' },
  ]);
  await installation.database.root.query('TRUNCATE tblmodulelog');
  expect((await postAct(admin, 'connection', 'pair')).body).toContain('Connected');
  await installation.work();
  expect(await spooled()).toEqual([]);
  expect(await moneyChanges(installation.database, { what: 'credit_log' })).not.toEqual([]);
});

test('the addon takes a socket as the service’s settings write it, and names one that is dead', async () => {
  const { standIn, service } = installation;
  const path = join(standIn.logs, 'http.sock');
  const socket = createServer((caller) => {
    const callee = connect(service.port, '127.0.0.1');
    for (const [one, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => {
    socket.listen(path, resolve);
  });
  const admin = await visitAsAdmin(standIn, 'admin');
  try {
    await standIn.activateAddon({ service_url: `unix:${path}` });
    expect((await postAct(admin, 'connection', 'pair')).body).toContain('Connected');
    await new Promise((resolve) => {
      socket.close(resolve);
    });
    await closeBreaker();
    const tested = await postAct(admin, 'connection', 'pair');
    expect(tested.body).toContain(`There is no socket ${path}`);
    expect(tested.body).toContain('compare CREDITBRIDGE_LISTEN');
  } finally {
    socket.close();
    await standIn.activateAddon({ service_url: service.url });
    await closeBreaker();
  }
  expect((await postAct(admin, 'connection', 'pair')).body).toContain('Connected');
  await installation.database.root.query('TRUNCATE tblmodulelog');
});

test('a provider’s rule that never ends is named and paused; deliveries go on and the other rules act', async () => {
  await saveRule(installation.standIn, 'never-ends', { mode: 'on', inputs: {} });
  await forgetLogs(installation.database);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  for (let round = 1; round <= 3; round++) {
    await createInvoice(BEN, '2.00');
    await installation.work();
    const page = await admin.get(addonPath('rules'));
    expect(page.body).toContain(
      round < 3 ? `Faulted ${round} time` : 'Paused after repeated faults',
    );
  }
  await createInvoice(BEN, '2.00');
  await installation.work();
  expect(await spooled()).toEqual([]);
  const used = await moneyChanges(installation.database, { client: BEN, what: 'credit_log' });
  expect(used.map(({ after }) => after)).toEqual(['-2.00', '-2.00', '-2.00', '-2.00']);
  const [fault] = await installation.database.query<{ faults: number }>(
    "SELECT faults FROM mod_creditbridge_rule_faults WHERE rule = 'never-ends'",
  );
  expect(fault?.faults).toBe(3);
  expect((await admin.get(addonPath('overview'))).body).toContain('never-ends');
});

test('a copy at another address sends and runs nothing until an admin says that it was moved', async () => {
  await forgetLogs(installation.database);
  const sent = await deliveries();
  await installation.standIn.php('standin/bin/stand-in.php', [
    'system-url',
    installation.standIn.url.replace('127.0.0.1', 'localhost'),
  ]);
  await createInvoice(BEN, '3.00');
  await installation.database.root.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, rule, created_at)
     VALUES (UUID(), 'test:copy', 'test:copy', ?, 'AddCredit', ?, '{}', 'test', UTC_TIMESTAMP(6))`,
    [
      ANNA,
      JSON.stringify({
        clientid: ANNA,
        description: 'Of the original',
        amount: '9.00',
        type: 'add',
      }),
    ],
  );
  await installation.work();
  await installation.standIn.runCron();
  expect(await deliveries()).toBe(sent);
  expect((await spooled()).length).toBeGreaterThan(0);
  expect(await moneyChanges(installation.database, { client: ANNA, what: 'balance' })).toEqual([]);

  const admin = await visitAsAdmin(installation.standIn, 'admin');
  expect((await admin.get('admin/index.php')).body).toContain('is at another place than before');
  expect((await admin.get(addonPath('rules'))).body).toContain('Was this WHMCS moved or copied?');
  const moved = await postAct(admin, 'connection', 'moved');
  expect(moved.body).toContain('Connected');
  await installation.work();
  expect(await spooled()).toEqual([]);
  expect(
    await moneyChanges(installation.database, { client: ANNA, what: 'credit_log' }),
  ).toMatchObject([{ after: '9.00' }]);
});

test('a copy that an admin says is one stays off, and can no longer speak for the original', async () => {
  await installation.standIn.php('standin/bin/stand-in.php', [
    'system-url',
    'https://staging.example/',
  ]);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  await postAct(admin, 'connection', 'copied');
  const sent = await deliveries();
  await createInvoice(BEN, '3.00');
  await installation.work();
  await installation.standIn.runCron();
  expect(await spooled()).toEqual([]);
  expect(await deliveries()).toBe(sent);
  expect((await admin.get(addonPath('rules'))).body).toContain('This WHMCS is a copy');
});

interface Statement {
  readonly label: string;
  readonly statements: number;
  readonly connections: number;
  readonly sql: readonly string[];
}

async function statements(): Promise<readonly Statement[]> {
  const text = await readFile(join(installation.standIn.logs, 'statements.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Statement);
}

/** Until no page of WHMCS is connected any more: what the service rang for last may still be at work. */
async function waitForWhmcs(): Promise<void> {
  const { root, owner } = installation.database;
  const connected = async () => {
    const [rows] = await root.query('SELECT 1 FROM information_schema.processlist WHERE user = ?', [
      owner.user,
    ]);
    return rows;
  };
  await expect.poll(connected, { timeout: 60_000 }).toEqual([]);
}

async function forgetStatements(): Promise<void> {
  await writeFile(join(installation.standIn.logs, 'statements.jsonl'), '');
}

/** Those of the creation of an invoice that the manifest names, in the order they fire. */
async function forwardedHooks(): Promise<readonly string[]> {
  const [row] = await installation.database.query<{ manifest: string }>(
    'SELECT manifest FROM mod_creditbridge_settings',
  );
  const { hooks } = JSON.parse(row?.manifest ?? '{}') as { hooks: Record<string, unknown> };
  return ['InvoiceCreation', 'InvoiceCreationPreEmail', 'InvoiceCreated'].filter(
    (hook) => hook in hooks,
  );
}

async function openBreaker(): Promise<void> {
  await installation.database.root.query(
    `UPDATE mod_creditbridge_settings SET breaker_failures = 4, breaker_reason = 'The service did not answer.',
       breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR`,
  );
}

async function closeBreaker(): Promise<void> {
  await installation.database.root.query(
    'UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL, breaker_probe_until = NULL',
  );
}

async function createInvoice(client: number, amount: string): Promise<void> {
  const answer = await installation.standIn.api('CreateInvoice', {
    userid: String(client),
    status: 'Unpaid',
    duedate: '2030-01-01',
    itemdescription1: 'Consulting',
    itemamount1: amount,
  });
  expect(answer).toMatchObject({ result: 'success' });
}

async function spooled(): Promise<readonly string[]> {
  const rows = await installation.database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_spool ORDER BY id',
  );
  return rows.map(({ id }) => id);
}

async function deliveries(): Promise<number> {
  const rows = await installation.database.query('SELECT 1 FROM mod_creditbridge_deliveries');
  return rows.length;
}

/** Somebody at the service's port who hangs up, and counts. */
async function startCounter(port: number) {
  let connections = 0;
  const server: TcpServer = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    connections: () => connections,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Somebody at the service's port who answers everything as the service would, but for the secret. */
async function startStranger(port: number) {
  const key = parseSecret(generateSecret());
  const asked: string[] = [];
  const server: Server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(request.url ?? '');
      const { items = [] } = JSON.parse(Buffer.concat(chunks).toString()) as {
        items?: readonly { id: string }[];
      };
      const body = JSON.stringify({
        results: items.map(({ id }) => ({ id, outcome: 'accepted' })),
        waiting: 7,
        manifest: 1,
        status: 200,
        title: 'Rules',
        html: '<p>Pay here</p>',
        redirect: null,
        state: 'paired',
      });
      const id = replyId(String(request.headers['webhook-id']), 200);
      const timestamp = Math.floor(Date.now() / 1000);
      response.writeHead(200, {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign([key], id, timestamp, body),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    asked: () => asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
