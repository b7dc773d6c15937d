import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseUrl, startDatabaseServer } from '../support/database-server.ts';
import { startInstallation } from '../support/installation.ts';
import { freePort } from '../support/ports.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { type Visitor, visitAsAdmin } from '../support/stand-in-visitor.ts';

// Faults of the database that last: what is shown while they do, and that everything that waited is done soon after the mend.
// Nothing but the service's doorbell sends and runs here, as in an installation without a worker between two cron calls.

/** InnoDB's files may grow to this, a few megabytes more than WHMCS's tables and ours take. */
const ROOM_MAX = '96M';
const server = await startDatabaseServer({
  args: [`--innodb-data-file-path=ibdata1:12M:autoextend:max:${ROOM_MAX}`],
});
const metricsPort = await freePort();
const installation = await startInstallation(server, {
  serviceEnv: { CREDITBRIDGE_METRICS_LISTEN: `127.0.0.1:${metricsPort}` },
});
const { database, standIn, service } = installation;
database.root.on('connection', (connection) => connection.on('error', () => undefined));
let root = await connectAsRoot();
afterAll(async () => {
  await root.end();
  await installation.stop();
  await server.stop();
});

const MINUTE_MS = 60_000;
const TABLE_FULL = 1114;
const TOO_MANY_CONNECTIONS = 1040;
/** As the server is started, and the fewest that it accepts. */
const CONNECTIONS_MAX = 400;
const CONNECTIONS_LEAST = 10;
const doorbell = join(standIn.root, 'modules/addons/creditbridge/doorbell.php');
const account = `'${new URL(service.databaseUrl).username}'@'%'`;
let admin: Visitor;

beforeAll(async () => {
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  await standIn.api('AddCredit', { clientid: '1', description: 'Deposit', amount: '500.00' });
  await installation.work();
  await standIn.runCron();
  // Planned, or closed already when WHMCS's daily hour has come.
  expect(await runStates()).toHaveLength(1);
  admin = await visitAsAdmin(standIn, 'admin');
});

async function connectAsRoot() {
  const connection = await createConnection(databaseUrl(server, database.name));
  connection.on('error', () => undefined);
  return connection;
}

/** An invoice that the client's credit pays as soon as the service hears of it. */
async function createInvoice(): Promise<number> {
  const answer = await standIn.api('CreateInvoice', {
    userid: '1',
    status: 'Unpaid',
    duedate: '2030-01-01',
    itemdescription1: 'Consulting',
    itemamount1: '1.00',
  });
  expect(answer).toMatchObject({ result: 'success' });
  return Number(answer['invoiceid']);
}

/** Why the service is not ready; empty while it is. */
async function whyNotReady(): Promise<string> {
  const response = await fetch(`${service.url}/ready`);
  if (response.status === 200) return '';
  return String(((await response.json()) as { reason?: unknown }).reason);
}

async function calls(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const counts = text.matchAll(/^creditbridge_http_calls_total\{[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function breakerIsOpen(): Promise<boolean> {
  const [rows] = await root.query(
    'SELECT 1 FROM mod_creditbridge_settings WHERE breaker_failures > 0 AND breaker_open_until > UTC_TIMESTAMP(6)',
  );
  return (rows as unknown[]).length > 0;
}

/** A page while the breaker is open calls nobody; its pause is a few seconds, so an attempt may have to be repeated. */
async function expectFreePage(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    expect(attempt).toBeLessThan(10);
    await send();
    const before = await calls();
    if (!(await breakerIsOpen())) continue;
    await admin.get(addonPath('overview'));
    const after = await calls();
    if (!(await breakerIsOpen())) continue;
    expect(after).toBe(before);
    return;
  }
}

/** Sends what is spooled, as a worker or cron does; again when it was let in too late to the last connection. */
async function send(): Promise<void> {
  const { code, output } = await standIn.php('modules/addons/creditbridge/worker.php', ['--once']);
  if (output.includes('Too many connections')) return send();
  expect(output).toBe('');
  expect(code).toBe(0);
}

/** What an admin, an operator and WHMCS see of a fault within a minute, while invoices wait for its mend. */
async function expectShown({ reason }: Fault, invoices: readonly number[]): Promise<void> {
  const until = Date.now() + MINUTE_MS;
  const left = () => ({ timeout: Math.max(until - Date.now(), 1), interval: 200 });
  await expect.poll(whyNotReady, left()).toMatch(reason);
  await service.process().waitForLine(reason);
  await expectFreePage();
  await expect.poll(healthOnPage, left()).toMatch(reason);
  expect(await paid(invoices)).toBe(0);
}

/** What the addon page says under Health, after WHMCS has sent what it can. */
async function healthOnPage(): Promise<string> {
  await send();
  const { body } = await admin.get(addonPath('overview'));
  const [card = ''] = /<h3>Health<\/h3>.*?<\/section>/s.exec(body) ?? [];
  return card.replaceAll('&#039;', "'");
}

/**
 * Takes the room of InnoDB, up to what it keeps for undoing and cleaning, and then what the last page of deliveries has left.
 * WHMCS and the shim still work, as long as their short rows fit into pages they have.
 */
async function fillUp(): Promise<void> {
  // Two rows fill a page. A longer text would have pages of its own, for which InnoDB gives its last.
  await root.query(
    'CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(7000)) CHARSET latin1',
  );
  const text = 'x'.repeat(7000);
  for (const count of [500, 10, 1]) {
    const rows = Array.from({ length: count }, () => [text]);
    await untilFull(() => root.query('INSERT INTO filler (text) VALUES ?', [rows]));
  }
  await untilFull(() =>
    root.query(
      `INSERT INTO mod_creditbridge_deliveries (id, type, item_sha256, outcome, fired_at, received_at)
       VALUES (?, 'Filler', '', 'accepted', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
      [newId()],
    ),
  );
}

async function untilFull(insert: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await insert();
    } catch (error) {
      expect(error).toMatchObject({ errno: TABLE_FULL });
      return;
    }
  }
}

/**
 * Takes every connection that the server gives, so that the service has none. Beyond the limit the server lets in one account
 * with a right of its own; WHMCS has it here, otherwise it could not work either and no hook would wait.
 */
async function takeAllConnections(): Promise<readonly Connection[]> {
  const held: Connection[] = [];
  await root.query(`SET GLOBAL max_connections = ${CONNECTIONS_LEAST}`);
  do {
    await killConnections();
    try {
      for (;;) held.push(await createConnection(database.ownerUrl));
    } catch (error) {
      expect(error).toMatchObject({ errno: TOO_MANY_CONNECTIONS });
    }
  } while ((await connectionsOfService()).length > 0);
  for (const connection of held) connection.on('error', () => undefined);
  await root.query(`GRANT CONNECTION ADMIN ON *.* TO '${database.owner.user}'@'%'`);
  return held;
}

/** Ends the service's connections; it has to make new ones. */
/** The service looks for a connection, too, and may be the faster one. */
async function takeOnlyConnection(): Promise<Connection> {
  for (let attempt = 0; ; attempt++) {
    await killConnections();
    try {
      return await createConnection(service.databaseUrl);
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}

async function killConnections(): Promise<void> {
  for (const id of await connectionsOfService()) {
    await root.query(`KILL ${id}`).catch(() => undefined);
  }
}

async function connectionsOfService(): Promise<readonly number[]> {
  const [rows] = await root.query('SELECT id FROM information_schema.processlist WHERE user = ?', [
    new URL(service.databaseUrl).username,
  ]);
  return (rows as { id: number }[]).map(({ id }) => id);
}

async function paid(invoices: readonly number[]): Promise<number> {
  const [rows] = await root.query(
    "SELECT id FROM tblinvoices WHERE id IN (?) AND status = 'Paid'",
    [invoices],
  );
  return (rows as unknown[]).length;
}

async function spooled(): Promise<number> {
  const [rows] = await root.query('SELECT id FROM mod_creditbridge_spool');
  return (rows as unknown[]).length;
}

/** Everything that waited is done within a minute, the interrupted run as well, without cron and without a worker. */
async function expectDone(invoices: readonly number[]): Promise<void> {
  const until = Date.now() + MINUTE_MS;
  const left = () => ({ timeout: Math.max(until - Date.now(), 1), interval: 200 });
  await expect.poll(spooled, left()).toBe(0);
  await expect.poll(() => paid(invoices), left()).toBe(invoices.length);
  await expect.poll(whyNotReady, left()).toBe('');
  await expect.poll(runStates, left()).toEqual(['planned']);
}

/** Leaves today's run as a process does that was cut off while it planned. */
async function interruptRun(): Promise<void> {
  await root.query("UPDATE mod_creditbridge_runs SET state = 'planning', planned_at = NULL");
  await root.query("UPDATE mod_creditbridge_run_ranges SET state = 'open', taken_until = NULL");
}

async function runStates(): Promise<readonly string[]> {
  const [rows] = await root.query('SELECT state FROM mod_creditbridge_runs');
  return (rows as { state: string }[]).map(({ state }) => state);
}

interface Fault {
  readonly spoil: () => Promise<unknown>;
  /** What is shown while it lasts. */
  readonly reason: RegExp;
  readonly mend: () => Promise<unknown>;
}

/** Makes what waits for the mend, two invoices and an interrupted run, and then the fault. */
async function meetFault(spoil: Fault['spoil']): Promise<readonly number[]> {
  // The service still rings for the mend before. Without a doorbell it cannot have the invoices paid before the fault.
  renameSync(doorbell, `${doorbell}.away`);
  try {
    const invoices = [await createInvoice(), await createInvoice()];
    await interruptRun();
    await spoil();
    return invoices;
  } finally {
    renameSync(`${doorbell}.away`, doorbell);
  }
}

async function expectWaitsForMend(fault: Fault): Promise<void> {
  const invoices = await meetFault(fault.spoil);
  try {
    // A service at rest looks for room less often.
    await send();
    await expectShown(fault, invoices);
  } finally {
    await fault.mend();
  }
  await expectDone(invoices);
}

// First, because a crash could take back changes of accounts, which the server does not keep in InnoDB.
test('restarted: shown, and everything is done within a minute of the mend', async () => {
  const invoices = await meetFault(() => server.kill());
  await expect
    .poll(whyNotReady, { timeout: MINUTE_MS, interval: 200 })
    .toMatch(/^The database server cannot be reached\. Check that it runs/);
  await service.process().waitForLine(/The database server cannot be reached/);
  await server.restart();
  root = await connectAsRoot();
  await expectDone(invoices);
});

test('a right revoked: shown with the statement that grants it, and everything is done within a minute of the mend', async () => {
  const grant = `GRANT SELECT \\(\`credit\`\\) ON \`${database.name}\`\\.\`tblclients\` TO '`;
  await expectWaitsForMend({
    spoil: () =>
      root.query(`REVOKE SELECT (credit) ON ${database.name}.tblclients FROM ${account}`),
    reason: new RegExp(`lacks SELECT \\(credit\\) on tblclients.*${grant}`),
    mend: async () => root.query(/GRANT [^;]+;/.exec(await whyNotReady())?.[0] ?? ''),
  });
});

// Otherwise WHMCS could not work either, and no hook would wait.
const letWhmcsWrite = () =>
  root.query(`GRANT READ ONLY ADMIN ON *.* TO '${database.owner.user}'@'%'`);

test('read-only: shown, and everything is done within a minute of the mend', async () => {
  await letWhmcsWrite();
  await expectWaitsForMend({
    spoil: () => root.query('SET GLOBAL read_only = ON'),
    reason: /The database is read-only\. Make it writable again/,
    mend: () => root.query('SET GLOBAL read_only = OFF'),
  });
});

test('read-only while cron asks for the day’s run and ends the day: both are done within a minute of the mend', async () => {
  await letWhmcsWrite();
  await root.query('DELETE FROM mod_creditbridge_run_ranges');
  await root.query('DELETE FROM mod_creditbridge_runs');
  await root.query('SET GLOBAL read_only = ON');
  try {
    await standIn.runCron({ force: true });
    expect(await runStates()).toEqual([]);
  } finally {
    await root.query('SET GLOBAL read_only = OFF');
  }
  await expect.poll(runStates, { timeout: MINUTE_MS, interval: 200 }).toEqual(['closed']);
});

test('full: shown, and everything is done within a minute of the mend', async () => {
  await expectWaitsForMend({
    spoil: fillUp,
    reason: /The database has no room left\. Free space/,
    mend: () => root.query('DROP TABLE filler'),
  });
  await root.query("DELETE FROM mod_creditbridge_deliveries WHERE type = 'Filler'");
});

test('at its connection limit: shown, and everything is done within a minute of the mend', async () => {
  let held: readonly Connection[] = [];
  await expectWaitsForMend({
    async spoil() {
      held = await takeAllConnections();
    },
    reason: /The database has no connection left for the service/,
    async mend() {
      await root.query(`SET GLOBAL max_connections = ${CONNECTIONS_MAX}`);
      for (const connection of held) connection.destroy();
    },
  });
});

test('at the limit of its account: shown, and everything is done within a minute of the mend', async () => {
  let held: Connection | undefined;
  await expectWaitsForMend({
    async spoil() {
      await root.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 1`);
      held = await takeOnlyConnection();
    },
    reason: /The database has no connection left for the service/,
    async mend() {
      held?.destroy();
      await root.query(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS 0`);
    },
  });
});
