import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { readConfig } from '../../src/config/index.ts';
import { isPinned } from '../support/release/build-image.ts';

// The image cannot be made where no Docker runs. What it is made of, and how, is checked here.

const containerfile = readFileSync('docs/container/Containerfile', 'utf8');
const compose = readFileSync('docs/container/compose.yaml', 'utf8');
const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** The lines of the Containerfile that begin with this word, without it. */
function steps(word: string): readonly string[] {
  const joined = containerfile.replaceAll(/\\\n/g, ' ');
  return joined.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line] : []));
}

test('a base without a digest is refused before anything is made', () => {
  expect(isPinned(`node:24-slim@${DIGEST}`)).toBe(true);
  for (const base of [
    'node:24-slim',
    `node@${DIGEST.slice(0, -1)}`,
    `@${DIGEST}`,
    'a b@sha256:0',
  ]) {
    expect(isPinned(base), base).toBe(false);
  }
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['tests/support/release/release.ts', '--image', 'node:24-slim'],
    { encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('The base of the image is node:24-slim. Name it with its digest');
});

test('the Containerfile has no base of its own, runs no script of a package, and installs no other Node', () => {
  expect(steps('ARG')[0]).toBe('ARG BASE');
  expect(steps('FROM')).toEqual(['FROM $BASE']);
  const [install, ...others] = steps('RUN').filter((line) => line.includes('npm ci'));
  expect(install).toContain('npm ci --omit=dev --omit=optional --ignore-scripts');
  expect(others).toEqual([]);
  expect(steps('LABEL').join()).toContain('org.opencontainers.image.version="$VERSION"');
});

test('the context holds what the Containerfile copies and nothing else', () => {
  const copied = steps('COPY').flatMap((line) => line.split(' ').slice(1, -1));
  const ignore = readFileSync('.dockerignore', 'utf8').split('\n');
  expect(ignore).toContain('*');
  const letIn = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(letIn.toSorted()).toEqual(copied.toSorted());
  // npm-shrinkwrap.json is made by the release; release.test.ts finds it in the tarball.
  for (const path of copied.filter((one) => one !== 'npm-shrinkwrap.json')) {
    expect(existsSync(path), path).toBe(true);
  }
});

test('compose takes no image from a registry, and its settings are settings of the service', () => {
  expect(compose).toMatch(/^ {4}image: creditbridge\n {4}pull_policy: never$/m);
  const env = Object.fromEntries(
    [...compose.matchAll(/^ {6}([A-Z_]+): "?([^"\n]+)"?$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  const config = readConfig({
    ...env,
    CREDITBRIDGE_DATABASE_URL:
      'mysql://creditbridge:password@localhost/whmcs?socket=/run/mysqld/mysqld.sock',
    CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
    CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
  });
  const ports = [...compose.matchAll(/^ {6}- "127\.0\.0\.1:(\d+):(\d+)"$/gm)];
  expect(ports.map(([, outside, inside]) => [outside, inside])).toEqual([
    ['8481', '8481'],
    ['9481', '9481'],
  ]);
  expect(config.listen).toMatchObject({ host: '0.0.0.0', port: 8481 });
  expect(config.metricsListen).toMatchObject({ host: '0.0.0.0', port: 9481 });
  expect(containerfile).toContain('EXPOSE 8481 9481');
  expect(steps('HEALTHCHECK')[0]).toContain('http://127.0.0.1:8481/health');
  expect(env['STATE_DIRECTORY']).toBe('/var/lib/creditbridge');
});
