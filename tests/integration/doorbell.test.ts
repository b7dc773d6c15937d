import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as newId } from 'uuid';
import { afterAll, beforeEach, expect, test } from 'vitest';
import {
  doorbellRequest,
  generateSecret,
  openEnvelope,
  parseSecret,
  verify,
} from '../../bridge/index.ts';
import { createLogger } from '../../src/base/logger.ts';
import { checkServed } from '../../src/cli/doctor/check-served.ts';
import { createDoorbell } from '../../src/http/index.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const database = await createServiceDatabase(testDatabaseServer());

/** Only a failure waits for it. */
const PATIENCE_MS = 60_000;

interface Ring {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
const rings: Ring[] = [];
let status = 204;
const whmcs = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    rings.push({ url: request.url ?? '', headers: request.headers, body });
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
  });
});
await new Promise<void>((resolve) => whmcs.listen(0, '127.0.0.1', () => resolve()));
const whmcsUrl = `http://127.0.0.1:${(whmcs.address() as AddressInfo).port}/billing`;
const service = await startTestService(database, { CREDITBRIDGE_WHMCS_URL: whmcsUrl });
afterAll(async () => {
  await service.stop();
  await new Promise((resolve) => whmcs.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  await database.root.query('DELETE FROM mod_creditbridge_commands');
  rings.length = 0;
  status = 204;
});

async function writeCommand(members: Readonly<Record<string, string | number>> = {}) {
  const row = {
    id: newId(),
    fact: 'test:invoice:9',
    client_id: 5,
    action: 'ApplyCredit',
    parameters: '{}',
    expects: '{}',
    rule: 'test',
    created_at: '2026-01-01 00:00:00',
    ...members,
  };
  await database.root.query('INSERT INTO mod_creditbridge_commands SET ?', [row]);
}

async function ringsWithin(ms: number): Promise<readonly Ring[]> {
  const until = Date.now() + ms;
  while (rings.length === 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return rings;
}

const metrics = () => fetch(`${service.metricsUrl}/metrics`).then((response) => response.text());

// What must not be rung for comes first: the service may still be about to ring for the command of an earlier test.
test('nothing is rung for commands that cannot run: not due, settled, running, requirement not met, client or everything frozen', async () => {
  await writeCommand({ not_before: '2126-01-01 00:00:00' });
  await writeCommand({ state: 'done' });
  await writeCommand({ state: 'running', lease_until: '2126-01-01 00:00:00' });
  await writeCommand({ requires_fact: 'test:invoice:10' });
  await writeCommand({ client_id: 6 });
  await database.root.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (6, 'test', 'admin:1', UTC_TIMESTAMP(6))`,
  );
  expect(await ringsWithin(6000)).toEqual([]);
  await database.root.query('UPDATE mod_creditbridge_settings SET frozen = 1');
  await writeCommand();
  expect(await ringsWithin(6000)).toEqual([]);
  await database.root.query('DELETE FROM mod_creditbridge_commands');
  await database.root.query('UPDATE mod_creditbridge_settings SET frozen = 0');
});

test('a ring that somebody asked for is not sent while no command can run', async () => {
  const outcomes: string[] = [];
  const ringIf = async (canWork: boolean) => {
    const doorbell = createDoorbell({
      whmcsUrl,
      keys: [parseSecret(service.secrets.toWhmcs)],
      installation: async () => database.installation,
      canWork: async () => canWork,
      newId,
      now: Date.now,
      onRing: (outcome) => outcomes.push(outcome),
      log: createLogger('silent'),
    });
    doorbell.ring();
    await doorbell.close();
  };
  await ringIf(false);
  expect(outcomes).toEqual([]);
  await ringIf(true);
  expect(outcomes).toEqual(['ok']);
});

const cli = {
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: service.secrets.toWhmcs,
  CREDITBRIDGE_WHMCS_URL: whmcsUrl,
};

test('the command line says when nothing is to be done, and rings for nothing', async () => {
  const { code, out } = await runCommand(['run', 'daily'], cli);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^The run of \d{4}-\d\d-\d\d \(Europe\/Berlin\) is planned. Commands planned: 0/,
  );
  expect(rings).toEqual([]);
});

test('WHMCS is rung for a command that nobody runs: signed, addressed, and without content', async () => {
  await writeCommand();
  const [ring] = await ringsWithin(PATIENCE_MS);
  expect(ring?.url).toBe('/billing/modules/addons/creditbridge/doorbell.php');
  const verified = verify({
    keys: [parseSecret(service.secrets.toWhmcs)],
    id: String(ring?.headers['webhook-id']),
    timestamp: String(ring?.headers['webhook-timestamp']),
    signatureHeader: String(ring?.headers['webhook-signature']),
    body: ring?.body ?? '',
    now: Math.floor(Date.now() / 1000),
  });
  expect(verified.ok).toBe(true);
  const content: unknown = JSON.parse(ring?.body ?? '');
  expect(openEnvelope(doorbellRequest, content, database.installation).ok).toBe(true);
  await expect
    .poll(metrics, { timeout: PATIENCE_MS })
    .toMatch(/creditbridge_doorbell_rings_total\{outcome="ok"\} [1-9]/);
  expect(await metrics()).toContain('creditbridge_commands{state="open"} 1');
});

test('a ring that WHMCS does not believe is logged with what to do', async () => {
  status = 401;
  await writeCommand();
  await expect
    .poll(() => service.log(), { timeout: PATIENCE_MS })
    .toMatch(
      /"level":"warn".*"code":"doorbell-refused".*CREDITBRIDGE_SECRET_TO_WHMCS.*"msg":"Calls are refused"/,
    );
});

test('a redirect is not followed, and a ring that fails is only counted', async () => {
  status = 302;
  await writeCommand();
  const [ring] = await ringsWithin(PATIENCE_MS);
  expect(ring?.url).toContain('doorbell.php');
  await expect
    .poll(metrics, { timeout: PATIENCE_MS })
    .toMatch(/creditbridge_doorbell_rings_total\{outcome="failed"\} [1-9]/);
  expect(rings.map(({ url }) => url)).not.toContain('/elsewhere');
  expect(service.log()).not.toContain('"level":"error"');
});

test('doctor looks whether the web server of WHMCS serves what is not meant for browsers', async () => {
  for (const [answered, level] of [
    [200, 'warn'],
    [404, 'good'],
    [302, 'good'],
  ] as const) {
    status = answered;
    const [check] = await checkServed(whmcsUrl);
    expect([answered, check?.level]).toEqual([answered, level]);
  }
  expect(rings.map(({ url }) => url)).toContain(
    '/billing/modules/addons/creditbridge/lib/tables.sql',
  );
  expect((await checkServed('http://127.0.0.1:1'))[0]?.level).toBe('idle');
  expect(await checkServed(undefined)).toEqual([]);
});
