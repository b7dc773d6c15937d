import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startInstallation } from '../support/installation.ts';
import { postAct } from '../support/save-rule.ts';
import { type Service, startService } from '../support/service.ts';
import { type Visitor, visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// The secrets are rotated as docs/operators.md says, word by word.

const NAMES = ['CREDITBRIDGE_SECRET_TO_SERVICE', 'CREDITBRIDGE_SECRET_TO_WHMCS'] as const;

const server = testDatabaseServer();
const installation = await startInstallation(server);
const { database, standIn } = installation;
let service: Service = installation.service;
let admin: Visitor;

beforeAll(async () => {
  admin = await visitAsAdmin(standIn, 'admin');
});
afterAll(async () => {
  if (service !== installation.service) await service.stop();
  await installation.stop();
});

/** The two lines that *Show the secrets* prints. */
async function shownLines(): Promise<readonly string[]> {
  const { body } = await postAct(admin, 'connection', 'show-secrets');
  const [, lines = ''] = /<pre class="cb-code">([^<]+)<\/pre>/.exec(body) ?? [];
  return lines.trim().split('\n');
}

/** Puts the lines into the service's settings and restarts it. */
async function restartWith(lines: readonly string[]): Promise<void> {
  const env = parseEnv(lines.join('\n'));
  await service.stop();
  const [toService = '', toWhmcs = ''] = NAMES.map((name) => env[name] ?? '');
  const secrets = { toService, toWhmcs };
  service = await startService({ server, database, secrets, port: service.port });
}

/** A hook goes through and its answer is believed; nothing was refused on the way. */
async function expectFlow(): Promise<void> {
  await standIn.api('CreateInvoice', {
    userid: '1',
    status: 'Unpaid',
    itemdescription1: 'A',
    itemamount1: '1.00',
  });
  await installation.work();
  const [row] = await database.query<{ breaker: number; waiting: number }>(
    `SELECT breaker_failures AS breaker, (SELECT COUNT(*) FROM mod_creditbridge_spool) AS waiting
     FROM mod_creditbridge_settings`,
  );
  expect(row).toMatchObject({ breaker: 0 });
  expect(Number(row?.waiting)).toBe(0);
}

const secretsIn = (lines: readonly string[]) =>
  lines.map((line) => line.split('=').slice(1).join('=').split(','));

test('a rotation that would lock the service out is not finished, and can be taken back', async () => {
  const before = await shownLines();
  await postAct(admin, 'connection', 'rotate');
  const [toService = '', toWhmcs = ''] = await shownLines();
  const notYet = await postAct(admin, 'connection', 'finish-rotation');
  expect(notYet.body).toContain('does not have the new CREDITBRIDGE_SECRET_TO_SERVICE');
  await restartWith([toService, before[1] ?? '']);
  const half = await postAct(admin, 'connection', 'finish-rotation');
  expect(half.body).toContain('does not have the new CREDITBRIDGE_SECRET_TO_WHMCS');
  expect(await shownLines()).toEqual([toService, toWhmcs]);
  await expectFlow();
  const back = await postAct(admin, 'connection', 'take-rotation-back');
  expect(back.body).toContain('The old secrets go on');
  expect(await shownLines()).toEqual(before);
  await expectFlow();
});

test('a rotation is not taken back from a service that has the new secrets alone', async () => {
  await postAct(admin, 'connection', 'rotate');
  const during = await shownLines();
  await restartWith(during.map((line) => line.replace(/,.*/, '')));
  const refused = await postAct(admin, 'connection', 'take-rotation-back');
  expect(refused.body).toContain('does not have the old CREDITBRIDGE_SECRET_TO_SERVICE');
  const finished = await postAct(admin, 'connection', 'finish-rotation');
  expect(finished.body).toContain('The service has the new secrets');
  await expectFlow();
});

test('the secrets are rotated by the documents word by word: the page, they and .env.example have one order, new,old', async () => {
  const before = await shownLines();
  expect(before.map((line) => line.split('=')[0])).toEqual(NAMES);
  await postAct(admin, 'connection', 'rotate');
  const during = await shownLines();
  for (const [index, [fresh, old, ...more]] of secretsIn(during).entries()) {
    expect(more).toEqual([]);
    expect([old]).toEqual(secretsIn(before)[index]);
    expect(fresh).not.toBe(old);
  }
  await expectFlow();
  await restartWith(during);
  await expectFlow();

  await postAct(admin, 'connection', 'finish-rotation');
  await expectFlow();
  const after = await shownLines();
  expect(after).toEqual(during.map((line) => line.replace(/,.*/, '')));
  await restartWith(after);
  await expectFlow();
});

// Where two secrets are written one behind the other.
test.each([
  'docs/operators.md',
  '.env.example',
  'php-shim/modules/addons/creditbridge/lib/Page/PanelActions.php',
])('%s names the order', (path) => {
  expect(readFileSync(path, 'utf8')).toContain('new,old');
});

test('no file that an admin or a developer reads names another order', () => {
  const texts = ['docs', 'bridge', 'php-shim/modules', 'src', 'README.md', '.env.example'].flatMap(
    (path) => filesIn(path).map((file) => [file, readFileSync(file, 'utf8')] as const),
  );
  expect(texts.length).toBeGreaterThan(300);
  const wrong = texts.filter(([, text]) => /\bold[`"']?, ?[`"']?new\b/.test(text));
  expect(wrong.map(([file]) => file)).toEqual([]);
});

function filesIn(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? join(entry.parentPath, entry.name) : [],
  );
}
