import { createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { startDatabaseServer } from '../support/database.ts';

const server = await startDatabaseServer();
afterAll(() => server.stop());

test('a private server keeps what was committed when it is killed', async () => {
  const before = await createConnection(server.url());
  await before.query('CREATE DATABASE kept');
  await before.query('CREATE TABLE kept.entry (amount INT) ENGINE=InnoDB');
  await before.query('INSERT INTO kept.entry VALUES (7)');
  before.on('error', () => undefined);
  await server.kill();
  await server.restart();

  const after = await createConnection(server.url('kept'));
  const [rows] = await after.query('SELECT amount FROM entry');
  await after.end();
  expect(rows).toEqual([{ amount: 7 }]);
});

test('a private server refuses root without its password', async () => {
  const attempt = createConnection({ host: server.host, port: server.port, user: 'root' });
  await expect(attempt).rejects.toThrow(/Access denied/);
});
