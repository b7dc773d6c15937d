import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { generateSecret, parseSecret, sign } from '../../bridge/index.ts';
import { freePort } from '../support/ports.ts';
import { startProcess } from '../support/processes.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { stateFolder } from '../support/state-folder.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
afterAll(() => database.drop());

const secrets = { toService: generateSecret(), toWhmcs: generateSecret() };
const port = await freePort();

function startMain(env: Readonly<Record<string, string>> = {}) {
  return startProcess({
    command: process.execPath,
    args: ['src/main.ts'],
    env: {
      CREDITBRIDGE_LISTEN: `127.0.0.1:${port}`,
      CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
      STATE_DIRECTORY: stateFolder(),
      CREDITBRIDGE_SECRET_TO_SERVICE: secrets.toService,
      CREDITBRIDGE_SECRET_TO_WHMCS: secrets.toWhmcs,
      ...env,
    },
    name: 'the service',
  });
}

test('the service starts, is ready, and ends with 0 within ten seconds of SIGTERM', async () => {
  const service = startMain();
  await service.waitForLine(/The database is fit for work/);
  expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
  const before = Date.now();
  expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(Date.now() - before).toBeLessThan(10_000);
  expect(service.output()).toContain('"msg":"Stopped"');
});

test('the service refuses to start while it holds the account that may change tables, and does not tell its address', async () => {
  const service = startMain({
    CREDITBRIDGE_MIGRATE_DATABASE_URL: 'mysql://owner:of-all-tables@127.0.0.1/whmcs',
  });
  expect(await service.exited).toEqual({ code: 3, signal: null });
  expect(service.output()).toContain(
    'CREDITBRIDGE_MIGRATE_DATABASE_URL is set: the running service must not hold the account',
  );
  expect(service.output()).not.toContain('of-all-tables');
});

test('a call at work is answered while the service stops; a later one is told to come again', async () => {
  const service = startMain();
  await service.waitForLine(/The database is fit for work/);
  const lock = await lockState();
  const late = call('late', 10);
  const atWork = call('at-work');
  await waitUntilOneWaits();
  const stopped = service.stop('SIGTERM');
  await service.waitForLine(/"msg":"Stopping"/);
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  late.sendRest();
  await lock.release();

  expect(await atWork.answer).toMatch(
    /^HTTP\/1.1 200 [\s\S]*webhook-signature: v1,[\s\S]*"manifest"/,
  );
  expect(await late.answer).toMatch(
    /^HTTP\/1.1 503 [\s\S]*webhook-signature: v1,[\s\S]*shutting-down/,
  );
  expect(await stopped).toEqual({ code: 0, signal: null });
  expect(service.output()).not.toContain('cut off');
});

/** A signed call over a connection that would be kept; the last `held` bytes are sent later. */
function call(id: string, held = 0) {
  const body = Buffer.from(
    JSON.stringify({ protocol: 1, to: 'POST /v1/manifest', installation: database.installation }),
  );
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = sign([parseSecret(secrets.toService)], id, timestamp, body);
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(
    [
      'POST /v1/manifest HTTP/1.1',
      'host: x',
      `content-length: ${body.length}`,
      `webhook-id: ${id}`,
      `webhook-timestamp: ${timestamp}`,
      `webhook-signature: ${signature}`,
      '',
      '',
    ].join('\r\n'),
  );
  socket.on('error', () => undefined);
  socket.write(body.subarray(0, body.length - held));
  return {
    answer: new Promise<string>((resolve) => socket.once('close', () => resolve(text))),
    sendRest: () => socket.write(body.subarray(body.length - held)),
  };
}

test('a second signal does not wait for calls in flight', async () => {
  const service = startMain();
  await service.waitForLine(/The database is fit for work/);
  const lock = await lockState();
  const atWork = call('at-work');
  await waitUntilOneWaits();
  process.kill(service.pid, 'SIGTERM');
  await service.waitForLine(/"msg":"Stopping"/);
  process.kill(service.pid, 'SIGINT');
  expect(await service.exited).toEqual({ code: 1, signal: null });
  // Had it waited for its calls, it would have said that it cut them off.
  expect(service.output()).not.toMatch(/cut off|took too long/);
  expect(await atWork.answer).toBe('');
  await lock.release();
});

/** Holds up every call for the manifest, which reads the version of the settings. */
async function lockState() {
  const connection = await database.root.getConnection();
  await connection.query('LOCK TABLES mod_creditbridge_state WRITE');
  return {
    async release() {
      await connection.query('UNLOCK TABLES');
      connection.release();
    },
  };
}

async function waitUntilOneWaits(): Promise<void> {
  const user = new URL(database.serviceUrl).username;
  const look = () =>
    database.query(
      `SELECT 1 FROM information_schema.processlist
       WHERE user = ? AND state LIKE 'Waiting for table%lock'`,
      [user],
    );
  while ((await look()).length === 0) await sleep(20);
}

test('a taken port is named, with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', () => resolve()));
  const service = startMain();
  expect(await service.exited).toEqual({ code: 5, signal: null });
  expect(service.output()).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
  expect(service.output()).toContain('another port in CREDITBRIDGE_LISTEN and on the addon page.');
  expect(service.output()).not.toContain('"stack"');
  const free = await freePort();
  const metrics = startMain({
    CREDITBRIDGE_LISTEN: `127.0.0.1:${free}`,
    CREDITBRIDGE_METRICS_LISTEN: `127.0.0.1:${port}`,
  });
  expect(await metrics.exited).toEqual({ code: 5, signal: null });
  expect(metrics.output()).toContain('another port in CREDITBRIDGE_METRICS_LISTEN.');
  // Connections that an earlier fetch opened anew, to whoever has the port now, would keep it open.
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});

test('what is wrong with the configuration is said at once, and nothing is started', async () => {
  const service = startMain({
    CREDITBRIDGE_DATABASE_URL: '',
    CREDITBRIDGE_LISTEN: '0.0.0.0:80',
    CREDITBRIDGE_LOG_LEVEL: 'loud',
  });
  expect(await service.exited).toEqual({ code: 3, signal: null });
  expect(service.output()).toMatch(
    /CREDITBRIDGE_DATABASE_URL is missing[\s\S]*CREDITBRIDGE_LOG_LEVEL is none of[\s\S]*CREDITBRIDGE_LISTEN can be reached/,
  );
});

test('while a right on a column of WHMCS is missing the service never says that it is fit, and /ready names the GRANT', async () => {
  const account = `'${new URL(database.serviceUrl).username}'@'%'`;
  const right = `SELECT (\`duedate\`) ON \`${database.name}\`.\`tblinvoices\``;
  await database.query(`REVOKE ${right} FROM ${account}`);
  const service = startMain();
  await service.waitForLine(/Waiting for the database/);
  const ready = await fetch(`http://127.0.0.1:${port}/ready`);
  const reason = `The database account of the service lacks SELECT (duedate) on tblinvoices. Run as an administrator of the database: GRANT ${right} TO ${account};`;
  expect([ready.status, await ready.json()]).toEqual([503, { status: 'not-ready', reason }]);
  expect(service.output()).toContain(JSON.stringify(reason));
  expect(service.output()).not.toContain('fit for work');
  await database.query(`GRANT ${right} TO ${account}`);
  await service.waitForLine(/The database is fit for work/);
  expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('without its database the service lives, says why it waits, and stops at once', async () => {
  const nobody = await freePort();
  const service = startMain({
    CREDITBRIDGE_DATABASE_URL: `mysql://u:hunter2@127.0.0.1:${nobody}/whmcs`,
  });
  await service.waitForLine(/Waiting for the database/);
  const [health, ready] = await Promise.all(
    ['health', 'ready'].map((path) => fetch(`http://127.0.0.1:${port}/${path}`)),
  );
  expect([health?.status, await health?.text()]).toEqual([200, '{"status":"ok"}']);
  expect([ready?.status, await ready?.json()]).toEqual([
    503,
    {
      status: 'not-ready',
      reason: expect.stringContaining('The database server cannot be reached'),
    },
  ]);
  expect(await service.stop('SIGINT')).toEqual({ code: 0, signal: null });
  expect(service.output()).not.toContain('hunter2');
});
