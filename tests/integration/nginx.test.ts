import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { parseSecret, sign } from '../../bridge/index.ts';
import { freePort } from '../support/ports.ts';
import {
  type RunningProcess,
  removeFolder,
  runProcess,
  startProcess,
} from '../support/processes.ts';
import { searchPath } from '../support/requirements.mjs';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

// The texts for nginx in docs/operators.md, in a real nginx: https in front of the service's Unix socket, and WHMCS behind it.

/** `npm test` does not install it: Debian's package starts a server on port 80 of every address. */
const hasNginx = spawnSync('nginx', ['-v'], { env: { PATH: searchPath } }).status === 0;
const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-nginx-'));
const socket = join(folder, 'http.sock');
const [key, certificate] = [join(folder, 'credit.key'), join(folder, 'credit.pem')];
let nginx: RunningProcess | undefined;
afterAll(async () => {
  await nginx?.stop();
  removeFolder(folder);
});

/** The blocks for nginx, in their order. */
const [proxy = '', hidden = ''] = [
  ...readFileSync(join(ROOT, 'docs/operators.md'), 'utf8').matchAll(/^```nginx\n([\s\S]*?)^```/gm),
].map(([, block = '']) => block);

/** Replaces what an operator replaces; the document must have it. */
function replaced(block: string, by: Readonly<Record<string, string>>): string {
  return Object.entries(by).reduce((result, [what, value]) => {
    expect(result).toContain(what);
    return result.replace(what, value);
  }, block);
}

async function startNginx(ports: { readonly https: number; readonly http: number }): Promise<void> {
  await runProcess({
    command: 'openssl',
    args: [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
    ].concat([
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    ]),
    name: 'openssl',
  });
  const servers = [
    replaced(proxy, {
      'listen 443': `listen 127.0.0.1:${ports.https}`,
      'credit.internal.example.com': 'localhost',
      '/etc/ssl/credit.pem': certificate,
      '/etc/ssl/credit.key': key,
      '192.0.2.10': '127.0.0.1',
      'http://127.0.0.1:8481': `http://unix:${socket}`,
    }),
    `server {\n  listen 127.0.0.1:${ports.http};\n  root ${join(ROOT, 'php-shim')};\n${hidden}}\n`,
  ];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((what) => `${what}_temp_path ${folder};\n`)
    .join('');
  const config = join(folder, 'nginx.conf');
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  writeFileSync(
    config,
    `${user}daemon off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}${servers.join('')}}\n`,
  );
  nginx = startProcess({ command: 'nginx', args: ['-e', 'stderr', '-c', config], name: 'nginx' });
  await nginx.waitForPort(ports.https);
}

test('a signed call reaches the Unix socket of the service by https, nothing but the bridge is passed on, and files of the addon are hidden', async (context) => {
  context.skip(!hasNginx, 'There is no nginx on this machine.');
  const database = await createServiceDatabase(testDatabaseServer());
  const service = await startTestService(database, { CREDITBRIDGE_LISTEN: `unix:${socket}` });
  try {
    const ports = { https: await freePort(), http: await freePort() };
    await startNginx(ports);
    const call = (method: string, path: string, headers = {}, body = '') =>
      new Promise<{
        status: number | undefined;
        headers: NodeJS.Dict<string | string[]>;
        body: string;
      }>((resolve, reject) => {
        const to = { host: 'localhost', port: ports.https, family: 4, path, method };
        request({ ...to, headers, ca: readFileSync(certificate) }, (response) => {
          text(response).then(
            (answer) =>
              resolve({ status: response.statusCode, headers: response.headers, body: answer }),
            reject,
          );
        })
          .once('error', reject)
          .end(body);
      });
    const id = newId();
    const timestamp = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({
      protocol: 1,
      to: 'POST /v1/manifest',
      installation: database.installation,
    });
    const reply = await call(
      'POST',
      '/v1/manifest',
      {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign([parseSecret(service.secrets.toService)], id, timestamp, body),
      },
      body,
    );
    expect(reply).toMatchObject({ status: 200, body: expect.stringContaining('"manifest"') });
    expect((await call('GET', '/ready')).status).toBe(404);
    expect((await call('GET', '/api/v1/clients')).status).toBe(404);

    const addon = `http://127.0.0.1:${ports.http}/modules/addons/creditbridge`;
    const statusOf = async (file: string) => (await fetch(`${addon}/${file}`)).status;
    for (const file of [
      'lib/tables.sql',
      'lib/.htaccess',
      'templates/clientarea.tpl',
      'lang/english.php',
    ]) {
      expect(existsSync(join(ROOT, 'php-shim/modules/addons/creditbridge', file)), file).toBe(true);
      expect(await statusOf(file), file).toBe(404);
    }
    for (const file of ['logo.png', 'assets/admin.css']) expect(await statusOf(file)).toBe(200);
  } finally {
    await service.stop();
    await database.drop();
  }
});
