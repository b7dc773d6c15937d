import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { removeFolder } from '../support/processes.ts';
import { buildImage } from '../support/release/build-image.ts';
import { project } from '../support/release/project.ts';
import { releaseOfRun } from '../support/release/release-of-run.ts';

// The image of the release, run by docs/container/compose.yaml. Only the ports are free ones, and the folder of the database's
// socket is an empty one: the service waits for its database.

const BASE = process.env['TEST_IMAGE_BASE'] ?? '';
const obstacle = whyNoImage();
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-image-'));

beforeAll(async () => {
  if (obstacle !== undefined) return;
  buildImage(await releaseOfRun(), BASE);
  const file = readFileSync('docs/container/compose.yaml', 'utf8')
    .replaceAll(/127\.0\.0\.1:(\d+):\1/g, '127.0.0.1::$1')
    .replace('- /run/mysqld:', `- ${folder}:`);
  writeFileSync(join(folder, 'compose.yaml'), file);
  writeFileSync(
    join(folder, 'creditbridge.env'),
    [
      'CREDITBRIDGE_DATABASE_URL=mysql://creditbridge:password@localhost/whmcs?socket=/run/mysqld/mysqld.sock',
      `CREDITBRIDGE_SECRET_TO_SERVICE=${generateSecret()}`,
      `CREDITBRIDGE_SECRET_TO_WHMCS=${generateSecret()}`,
    ].join('\n'),
  );
  compose('up', '--detach', '--wait', '--wait-timeout', '60');
}, 180_000);
afterAll(() => {
  if (obstacle === undefined) compose('down', '--volumes');
  removeFolder(folder);
});
beforeEach((context) => {
  context.skip(obstacle !== undefined, obstacle);
});

/** Why no image can be made and run here, or undefined if one can. */
function whyNoImage(): string | undefined {
  if (BASE === '') return 'no base is named: TEST_IMAGE_BASE=node:24-slim@sha256:…';
  for (const args of [['version'], ['compose', 'version']]) {
    if (spawnSync('docker', args).status !== 0) return `docker ${args.join(' ')} fails`;
  }
  return undefined;
}

function compose(...args: readonly string[]): string {
  return execFileSync('docker', ['compose', '--project-name', 'creditbridge-test', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
}

/** Runs a line of shell in the container. */
function inside(line: string) {
  const args = ['compose', '--project-name', 'creditbridge-test', 'exec', '-T', 'creditbridge'];
  const options = { cwd: folder, encoding: 'utf8' } as const;
  return spawnSync('docker', [...args, 'sh', '-c', line], options);
}

/** Where a port of the container is published. */
function published(port: number): string {
  return `http://${compose('port', 'creditbridge', String(port)).trim()}`;
}

test('the health check of the image turns healthy although the database is away', async () => {
  // `--wait` has waited for it.
  expect(compose('ps')).toContain('(healthy)');
  expect(await (await fetch(`${published(8481)}/health`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${published(8481)}/ready`)).json()).toMatchObject({
    status: 'not-ready',
  });
});

test('the metrics of the container are reachable on their own port alone', async () => {
  const metrics = await fetch(`${published(9481)}/metrics`);
  expect(await metrics.text()).toContain('# TYPE creditbridge_http_calls_total counter');
  expect((await fetch(`${published(8481)}/metrics`)).status).toBe(404);
});

test('the container runs without rights on a file system that it cannot write, except its state', () => {
  expect(inside('id -un').stdout).toBe('node\n');
  expect(inside('grep CapBnd /proc/1/status').stdout).toMatch(/\t0+\n$/);
  expect(inside('touch /opt/creditbridge/file').stderr).toContain('Read-only file system');
  expect(inside('touch /var/lib/creditbridge/file').status).toBe(0);
});

test('the image names its version, and holds no second Node and nothing that npm left behind', () => {
  const label = execFileSync(
    'docker',
    [
      'image',
      'inspect',
      '--format',
      '{{index .Config.Labels "org.opencontainers.image.version"}}',
      'creditbridge',
    ],
    { encoding: 'utf8' },
  );
  expect(label.trim()).toBe(project.version);
  expect(inside('ls node_modules | grep ^node-').stdout).toBe('');
  expect(inside('test -e /tmp/node-compile-cache').status).toBe(1);
});
