import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { becomeNine } from '../support/become-nine.ts';
import { databaseUrl } from '../support/database-server.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';
import { createWhmcsDatabase } from '../support/whmcs-database.ts';

const server = testDatabaseServer();
const database = await createServiceDatabase(server, { whmcs: '8.13' });
const service = await startTestService(database);
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const env = {
  CREDITBRIDGE_LISTEN: service.url.replace('http://', ''),
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: service.secrets.toService,
  CREDITBRIDGE_SECRET_TO_WHMCS: service.secrets.toWhmcs,
};

async function diagnose(url = database.serviceUrl): Promise<{ code: number; checks: Check[] }> {
  const { code, out } = await runCommand(['doctor', '--json'], {
    ...env,
    CREDITBRIDGE_DATABASE_URL: url,
  });
  return { code, checks: JSON.parse(out).checks };
}

async function userWith(grants: readonly string[]): Promise<string> {
  const user = `doctor_${randomBytes(4).toString('hex')}`;
  await database.root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'pw'`);
  for (const grant of grants) await database.root.query(`${grant} TO '${user}'@'%'`);
  return databaseUrl({ ...server, rootUser: user, rootPassword: 'pw' }, database.name);
}

test('migrate lists what is pending, does it, and finds nothing left to do', async () => {
  const fresh = await createWhmcsDatabase(server, { bridgeTables: true });
  const own = { CREDITBRIDGE_MIGRATE_DATABASE_URL: fresh.ownerUrl };
  expect((await runCommand(['migrate', '--dry-run'], own)).out).toMatch(/^pending {2}0001-/);
  const [before] = await fresh.query("SHOW TABLES LIKE 'mod_creditbridge_decisions'");
  expect(before).toBeUndefined();

  expect(await runCommand(['migrate'], own)).toMatchObject({ code: 0 });
  expect((await runCommand(['migrate', '--dry-run'], own)).out).not.toContain('pending');
  expect((await runCommand(['migrate'], own)).out).toBe('The tables are up to date.');
  await fresh.drop();
});

test('grants prints statements that the database takes and that doctor finds exact', async () => {
  const url = await userWith([]);
  const user = new URL(url).username;
  const { out } = await runCommand(['grants', '--host', '%'], { CREDITBRIDGE_DATABASE_URL: url });
  const statements = out.split('\n').filter((line) => line.startsWith('GRANT '));
  for (const statement of statements) await database.root.query(statement);
  const { checks } = await diagnose(url);
  expect(checks.filter(({ name }) => name === 'Rights')).toEqual([
    { name: 'Rights', level: 'good', says: 'Exactly what is needed.' },
  ]);
  await database.root.query(`DROP USER '${user}'@'%'`);
});

test('after an upgrade of WHMCS doctor names what the account may not read, and grants prints it', async () => {
  const upgraded = await createServiceDatabase(server, { whmcs: '8.13' });
  try {
    const about = async () => {
      const { checks } = await diagnose(upgraded.serviceUrl);
      return checks.filter(({ name }) => name === 'Credit notes' || name === 'Rights');
    };
    const grants = async () => {
      const own = { CREDITBRIDGE_DATABASE_URL: upgraded.serviceUrl };
      const { out } = await runCommand(['grants', '--host', '%'], own);
      return out.split('\n').filter((line) => line.startsWith('GRANT '));
    };
    expect(await about()).toMatchObject([{ name: 'Rights', level: 'good' }]);
    expect((await grants()).join()).not.toContain('billingnoteid');

    await becomeNine(upgraded);
    expect(await about()).toMatchObject([
      { name: 'Rights', level: 'good' },
      {
        name: 'Credit notes',
        level: 'bad',
        says: expect.stringContaining('may not read its column billingnoteid'),
      },
    ]);
    for (const statement of await grants()) await upgraded.root.query(statement);
    expect(await about()).toMatchObject([
      { name: 'Rights', level: 'good' },
      { name: 'Credit notes', level: 'good' },
    ]);
  } finally {
    await upgraded.drop();
  }
});

test('grants without an account that sees the tables are for WHMCS 8, and say so', async () => {
  const url = await userWith([]);
  const run = (more: Record<string, string>) =>
    runCommand(['grants'], { CREDITBRIDGE_DATABASE_URL: url, ...more });
  expect((await run({})).out).toContain('On WHMCS 9 run `creditbridge grants` once more');
  const { out } = await run({ CREDITBRIDGE_MIGRATE_DATABASE_URL: database.ownerUrl });
  expect(out).not.toContain('On WHMCS 9');
  await database.root.query(`DROP USER '${new URL(url).username}'@'%'`);
});

test('doctor finds nothing wrong with an installation that is as it should be', async () => {
  const { code, checks } = await diagnose();
  expect(checks.filter(({ level }) => level === 'bad')).toEqual([]);
  expect(code).toBe(0);
  const names = checks.map(({ name }) => name);
  for (const name of [
    'Node',
    'Service',
    'Database server',
    'Database place',
    'sql_mode',
    'Clock',
    'Rights',
  ]) {
    expect(names).toContain(name);
  }
  for (const name of ['WHMCS tables', 'Engines', 'Own tables', 'Time zone', 'Credit settings']) {
    expect(names).toContain(name);
  }
});

test('doctor names rights that are missing and tables that cannot be read', async () => {
  const url = await userWith([`GRANT SELECT (id) ON ${database.name}.tblclients`]);
  const { code, checks } = await diagnose(url);
  expect(code).toBe(1);
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'Rights',
      level: 'bad',
      says: expect.stringContaining(
        'SELECT (groupid, currency, credit, status, datecreated, country, defaultgateway) on tblclients',
      ),
      remedy: expect.stringMatching(
        /GRANT SELECT \(`groupid`, `currency`, `credit`, `status`, `datecreated`, `country`, `defaultgateway`\) ON `whmcs_\w+`\.`tblclients` TO '/,
      ),
    }),
  );
  expect(checks).toContainEqual(expect.objectContaining({ name: 'WHMCS tables', level: 'bad' }));
});

test('doctor says what database-wide rights expose, and goes on', async () => {
  const { code, checks } = await diagnose(database.ownerUrl);
  expect(code).toBe(0);
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'Rights',
      level: 'warn',
      says: expect.stringMatching(/ALL PRIVILEGES on whmcs_.+password hashes/),
    }),
  );
});

test('doctor names a right too many', async () => {
  const user = new URL(database.serviceUrl).username;
  const too = `UPDATE (credit) ON ${database.name}.tblclients`;
  await database.root.query(`GRANT ${too} TO '${user}'@'%'`);
  const { checks } = await diagnose();
  await database.root.query(`REVOKE ${too} FROM '${user}'@'%'`);
  expect(checks).toContainEqual(
    expect.objectContaining({ level: 'warn', says: 'Not needed: UPDATE (credit) on tblclients.' }),
  );
});

test('doctor says when the database is not where the installation knows it, as in a copy', async () => {
  const [row] = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM mod_creditbridge_settings',
  );
  const store = (fingerprint: string) =>
    database.query('UPDATE mod_creditbridge_settings SET fingerprint = ?', [fingerprint]);
  // A running service that finds its last beat here would add the place again.
  await database.query('DELETE FROM mod_creditbridge_hosts');
  await store(String(row?.fingerprint).replace(/"port":\d+/, '"port":1'));
  const { code, checks } = await diagnose();
  await store(String(row?.fingerprint));
  expect(code).not.toBe(0);
  expect(checks.find(({ name }) => name === 'Database place')).toMatchObject({ level: 'bad' });
});

test('doctor names a table without transactions', async () => {
  await database.root.query("SET SESSION sql_mode = ''");
  await database.root.query('ALTER TABLE tblclientgroups ENGINE=MyISAM');
  const { code, checks } = await diagnose();
  await database.root.query('ALTER TABLE tblclientgroups ENGINE=InnoDB');
  expect(code).toBe(1);
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'Engines',
      says: 'Without transactions: tblclientgroups (MyISAM).',
    }),
  );
});

test('doctor prints a line for each check with the remedy below', async () => {
  const { out, code } = await runCommand(['doctor'], {
    ...env,
    CREDITBRIDGE_LISTEN: '127.0.0.1:1',
  });
  expect(code).toBe(1);
  expect(out).toMatch(/^✔ {2}Node /m);
  expect(out).toMatch(/^✘ {2}Service .*127\.0\.0\.1:1\.\n +→ Start it/m);
});

test('doctor --report is one text with what was measured, and names nobody and no place', async () => {
  const { out, code } = await runCommand(['doctor', '--report'], env);
  expect(code).toBe(0);
  for (const line of ['WHMCS: 8.13.1', 'neither of both: 0 of ', 'Service: ']) {
    expect(out).toContain(`\n${line}`);
  }
  const { username, hostname: host, pathname } = new URL(database.serviceUrl);
  for (const secret of [username, host, pathname.slice(1), hostname(), 'https://', '@']) {
    expect(out).not.toContain(secret);
  }
});

test('doctor without a reachable database says so and stops there', async () => {
  const { code, checks } = await diagnose('mysql://u:p@127.0.0.1:1/whmcs');
  expect(code).toBe(1);
  expect(checks.map(({ name }) => name)).toEqual([
    'Node',
    'Service',
    'State directory',
    'Database connection',
    'Own tables',
  ]);
});

test('a wrong secret is counted, and doctor shows it', async () => {
  await service.call('POST /v1/pair', {}, { secret: generateSecret() });
  await service.stop();
  const { checks } = await diagnose();
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: 'Strangers',
      says: 'Calls that were refused unread: signature-wrong 1.',
    }),
  );
});
