import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ListenError, type Listening, listen } from '../../src/http/index.ts';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-listen-'));
removeAtExit(folder);
afterAll(() => removeFolder(folder));
const path = join(folder, 'http.sock');
const sayHello = (_request: unknown, response: { end(text: string): unknown }) =>
  response.end('hello');

async function read(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path: '/', agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve(Buffer.concat(chunks).toString());
    }).once('error', reject);
  });
}

async function failure(listening: Promise<Listening>): Promise<ListenError> {
  const error = await listening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ListenError) return error;
  throw new TypeError('Listening did not fail as expected.');
}

test('a Unix socket is for owner and group alone, and goes when the server stops', async () => {
  const server = await listen(sayHello, { kind: 'unix', path });
  expect(await read(path)).toBe('hello');
  expect(statSync(path).mode & 0o777).toBe(0o660);
  expect(await server.close(1000)).toBe(0);
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
});

test('the socket of a server that was killed is taken over', async () => {
  const killed = startProcess({
    command: process.execPath,
    args: [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`,
    ],
    name: 'a server to be killed',
  });
  await killed.waitForLine(/up/);
  await killed.kill();
  expect(statSync(path).isSocket()).toBe(true);
  const server = await listen(sayHello, { kind: 'unix', path });
  expect(await read(path)).toBe('hello');
  await server.close(1000);
});

test('the socket of a server that lives is not', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(path, () => resolve()));
  const error = await failure(listen(sayHello, { kind: 'unix', path }));
  expect(error.code).toBe('address-in-use');
  expect(error.message).toContain(`Another program listens on ${path}`);
  await new Promise((resolve) => other.close(resolve));
});

test('a file that is no socket is never removed', async () => {
  const file = join(folder, 'precious');
  writeFileSync(file, 'kept');
  const error = await failure(listen(sayHello, { kind: 'unix', path: file }));
  expect(error.code).toBe('address-in-use');
  expect(statSync(file).size).toBe(4);
});

test('a folder that is not there and an address of another machine are named', async () => {
  const missing = join(folder, 'missing', 'http.sock');
  expect((await failure(listen(sayHello, { kind: 'unix', path: missing }))).message).toContain(
    'The folder of',
  );
  const foreign = { kind: 'tcp', host: '192.0.2.1', port: 0 } as const;
  expect((await failure(listen(sayHello, foreign))).message).toContain(
    'not an address of this machine',
  );
});

test('a call that never ends is cut off when its time is over, and counted', async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await listen(() => arrived.resolve(), { kind: 'unix', path });
  const answered = read(path).then(
    () => true,
    () => false,
  );
  await arrived.promise;
  expect(await server.close(200)).toBe(1);
  expect(await answered).toBe(false);
});
