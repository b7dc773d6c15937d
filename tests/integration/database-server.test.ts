import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/db/index.ts';
import { startDatabaseServer } from '../support/database.ts';
import { removeFolder, runProcess } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-certificates-'));
const ours = await makeCertificate('ours');
const others = await makeCertificate('others');
const server = await startDatabaseServer({
  args: [`--ssl-cert=${ours.certificate}`, `--ssl-key=${ours.key}`],
});
/** Newer servers make themselves a certificate. */
const withoutTls = await startDatabaseServer({ args: ['--skip-ssl'] });
afterAll(async () => {
  await server.stop();
  await withoutTls.stop();
  removeFolder(folder);
});

/** A certificate for localhost that is its own authority. */
async function makeCertificate(name: string) {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
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
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=DNS:localhost',
      '-out',
      certificate,
      '-keyout',
      key,
    ]),
  });
  return { certificate, key };
}

/** The TLS version of a connection to this address; empty without TLS. */
async function tlsVersion(address: string): Promise<string> {
  const db = connect(address, 1);
  try {
    const shown = await sql<{ Value: string }>`SHOW STATUS LIKE 'Ssl_version'`.execute(db);
    return shown.rows[0]?.Value ?? '';
  } finally {
    await db.destroy();
  }
}

test('with an authority in its address the service speaks TLS, and to no server that this authority did not sign', async () => {
  const [byNumber, byName] = [
    server.url('mysql'),
    server.url('mysql').replace('127.0.0.1', 'localhost'),
  ];
  expect(await tlsVersion(byNumber)).toBe('');
  expect(await tlsVersion(`${byName}?ca=${ours.certificate}`)).toMatch(/^TLSv1\.[23]$/);
  await expect(tlsVersion(`${byName}?ca=${others.certificate}`)).rejects.toThrow(/certificate/);
  const bare = withoutTls.url('mysql').replace('127.0.0.1', 'localhost');
  await expect(tlsVersion(`${bare}?ca=${ours.certificate}`)).rejects.toThrow(/secure/);
});

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
