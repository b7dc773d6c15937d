import { cpSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  copyInstallation,
  encryptionHash,
  type InstallationCopy,
} from '../support/copy-installation.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { type Installation, readSecret, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { type StandIn, startStandIn } from '../support/stand-in.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { stateFolder } from '../support/state-folder.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import type { WhmcsDatabase } from '../support/whmcs-database.ts';

// One installation on several hosts, and beside it a staging copy that looks the same: URL, database name, secrets.

const ANNAS = 'anna@example.com';
const CONNECTION = 'admin/addonmodules.php?module=creditbridge&page=connection';
/** A service looks every five seconds for commands that nobody runs, and rings. */
const WATCHED_ONCE_MS = 11_000;
const WORKER = 'modules/addons/creditbridge/worker.php';

let installation: Installation;
let secondNode: StandIn;
const stateOfOriginal = stateFolder();

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: { STATE_DIRECTORY: stateOfOriginal },
  });
  const { host, port } = testDatabaseServer();
  const { database, standIn } = installation;
  secondNode = await startStandIn({
    database: { host, port, ...database.owner, name: database.name },
    encryptionHash: encryptionHash(standIn),
    hostName: 'web2.example',
    keepsUrl: true,
  });
});

afterAll(async () => {
  await secondNode?.stop();
  await installation?.stop();
});

describe('two web nodes, a cron host and a worker elsewhere', () => {
  test('work on: hooks of both nodes arrive, cron plans the day, the worker mails', async () => {
    const { database, standIn } = installation;
    const invoices: number[] = [];
    for (const node of [standIn, secondNode]) {
      const people = createPeople({ database, standIn: node });
      const invoice = await people.deposit(ANNAS, '10.00');
      await people.pay(ANNAS, invoice, '10.00');
      invoices.push(invoice);
    }
    await writeMail(database, 'From the worker');
    expect((await standIn.php(WORKER, ['--once'], 'worker.example')).code).toBe(0);
    expect((await standIn.runCron({ force: true, onHost: 'cron.example' })).code).toBe(0);
    await (await visitAsAdmin(secondNode, 'admin')).get(CONNECTION);

    expect(await stateOf(database)).toBe('paired');
    expect(await database.query('SELECT id FROM mod_creditbridge_spool')).toEqual([]);
    for (const invoice of invoices) {
      expect(
        await database.query('SELECT 1 FROM mod_creditbridge_deliveries WHERE invoice_id = ?', [
          invoice,
        ]),
      ).not.toEqual([]);
    }
    expect(await mailsOf(database, 'From the worker')).toBe(1);
    expect(await database.query('SELECT local_date FROM mod_creditbridge_runs')).toHaveLength(1);
    await expectNoPhpFaults(database);
  });

  test('are in the list of hosts, with who let them in', async () => {
    const rows = await installation.database.query(
      'SELECT side, name, let_in_by FROM mod_creditbridge_hosts WHERE waits_since IS NULL ORDER BY side, name',
    );
    const names = ['cron.example', hostname(), 'web2.example', 'worker.example'].toSorted();
    const joined = { let_in_by: 'a known database server' };
    expect(rows).toEqual([
      { side: 'service', name: hostname(), ...joined },
      ...names.map((name) => ({ side: 'whmcs', name, ...joined })),
    ]);
    const page = await (await visitAsAdmin(secondNode, 'admin')).get(CONNECTION);
    for (const name of names) expect(page.body).toContain(`<strong>${name}</strong>`);
  });
});

describe('a dump on another server with the same URL, name and secrets, with a copied service beside it', () => {
  let server: DatabaseServer;
  let copy: InstallationCopy;
  let copiedService: Service;
  let startedAt: number;
  const rings: string[] = [];
  /** What the copied settings name as WHMCS's address: the original's. */
  const doorbell = createServer((request, response) => {
    rings.push(request.url ?? '');
    response.writeHead(204).end();
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => doorbell.listen(0, '127.0.0.1', resolve));
    server = await startDatabaseServer();
    // Before the dump: a folder that is ahead of its database would be noticed as a restore.
    const stateOfCopy = stateFolder();
    cpSync(stateOfOriginal, stateOfCopy, { recursive: true });
    copy = await copyInstallation(installation, { server, looksTheSame: true });
    copiedService = await startService({
      server,
      database: copy.database,
      secrets: {
        toService: await readSecret(copy.database, copy.standIn, 'to-service'),
        toWhmcs: await readSecret(copy.database, copy.standIn, 'to-whmcs'),
      },
      whmcsUrl: `http://127.0.0.1:${(doorbell.address() as AddressInfo).port}`,
      env: { STATE_DIRECTORY: stateOfCopy },
    });
    startedAt = Date.now();
  });

  afterAll(async () => {
    await copiedService?.stop();
    await copy?.stop();
    await server?.stop();
    doorbell.close();
  });

  test.each(['the original’s service', 'the copied service'])(
    'stops before its first mail, command or delivery, with the URL of %s',
    async (whose) => {
      const { database, standIn } = copy;
      const url = whose === 'the copied service' ? copiedService.url : installation.service.url;
      await database.query(
        "UPDATE tbladdonmodules SET value = ? WHERE module = 'creditbridge' AND setting = 'service_url'",
        [url],
      );
      await database.query(
        "UPDATE mod_creditbridge_settings SET service_url = ?, state = 'paired'",
        [url],
      );
      const subject = `From a copy with ${whose}`;
      await writeMail(database, subject);
      const people = createPeople(copy);
      const invoice = await people.deposit(ANNAS, '33.00');
      await people.pay(ANNAS, invoice, '33.00');
      const balance = await balances(database);

      expect((await standIn.php(WORKER, ['--once'])).code).toBe(0);
      expect((await standIn.runCron({ force: true })).code).toBe(0);
      expect((await standIn.php(WORKER, ['--once'], 'staging.example')).code).toBe(0);

      expect(await mailsOf(database, subject)).toBe(0);
      expect(await balances(database)).toEqual(balance);
      expect(await stateOfMail(database, subject)).toBe('open');
      for (const { query } of [database, installation.database]) {
        expect(
          await query('SELECT 1 FROM mod_creditbridge_deliveries WHERE invoice_id = ?', [invoice]),
        ).toEqual([]);
      }
    },
  );

  test('its service is not ready, decides nothing and rings nobody', async () => {
    await sleep(Math.max(0, startedAt + WATCHED_ONCE_MS - Date.now()));
    expect(rings).toEqual([]);
    expect((await fetch(`${copiedService.url}/ready`)).status).toBe(503);
    const run = await copiedService.tryCli('run', 'daily');
    expect(run.output).toContain('at a place that is not known');
    expect(run.code).not.toBe(0);
  });

  test('asks once whether it was moved or copied, and answers nothing by itself', async () => {
    const admin = await visitAsAdmin(copy.standIn, 'admin');
    expect((await admin.get(CONNECTION)).body).toContain('Was this WHMCS moved or copied?');
    // No host of the original was seen in this dump for eleven minutes.
    await copy.database.query(
      'UPDATE mod_creditbridge_hosts SET seen_at = seen_at - INTERVAL 11 MINUTE',
    );
    expect((await copy.standIn.php(WORKER, ['--once'])).code).toBe(0);
    expect(await stateOf(copy.database)).toBe('copy-or-move');
    const page = await admin.get(CONNECTION);
    expect(page.body.split('Was this WHMCS moved or copied?')).toHaveLength(2);
    await expectNoPhpFaults(copy.database);
  });

  test('the original goes on meanwhile, with the same mail', async () => {
    await writeMail(installation.database, 'From the original');
    await installation.work();
    expect(await mailsOf(installation.database, 'From the original')).toBe(1);
    expect(await stateOf(installation.database)).toBe('paired');
  });

  test('goes on as the installation itself when an admin says that it was moved', async () => {
    await copy.standIn.activateAddon({ service_url: copiedService.url });
    const admin = await visitAsAdmin(copy.standIn, 'admin');
    await admin.get(CONNECTION);
    const page = await admin.post(CONNECTION, { act: 'moved' });
    expect(page.body).toContain('Connected: addon and service see the same database');
    await writeMail(copy.database, 'After the move');
    expect((await copy.standIn.php(WORKER, ['--once'])).code).toBe(0);
    expect(await mailsOf(copy.database, 'After the move')).toBe(1);
  });

  test('and then goes on by itself when its database server comes up with its data elsewhere', async () => {
    await server.restart({ movesData: true });
    await writeMail(copy.database, 'From the new folder');
    const work = async () => {
      expect((await copy.standIn.php(WORKER, ['--once'])).code).toBe(0);
      return mailsOf(copy.database, 'From the new folder');
    };
    await expect.poll(work).toBe(1);
    expect(await stateOf(copy.database)).toBe('paired');
    const [own] = await copy.database.query<{ let_in_by: string; place: string }>(
      "SELECT let_in_by, place FROM mod_creditbridge_hosts WHERE side = 'service'",
    );
    expect(own?.place).toContain('/moved-data/');
  });
});

/** A command that mails client 1, open since it was written. */
async function writeMail({ query }: WhmcsDatabase, subject: string): Promise<void> {
  const parameters = {
    customtype: 'general',
    customsubject: subject,
    custommessage: 'Hello',
    id: 1,
  };
  await query(
    `INSERT INTO mod_creditbridge_commands
       (id, fact, live_fact, client_id, action, parameters, expects, rule, created_at)
     VALUES (UUID(), ?, ?, 1, 'SendEmail', ?, '{}', 'test', UTC_TIMESTAMP(6))`,
    [
      `test:${subject.replaceAll(/\W/g, '-')}`,
      `test:${subject.replaceAll(/\W/g, '-')}`,
      JSON.stringify(parameters),
    ],
  );
}

async function stateOfMail({ query }: WhmcsDatabase, subject: string): Promise<string | undefined> {
  const [row] = await query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_commands WHERE fact = ?',
    [`test:${subject.replaceAll(/\W/g, '-')}`],
  );
  return row?.state;
}

async function mailsOf({ query }: WhmcsDatabase, subject: string): Promise<number> {
  return (await query('SELECT id FROM tblemails WHERE subject = ?', [subject])).length;
}

const balances = ({ query }: WhmcsDatabase) => query('SELECT id, credit FROM tblclients');

async function stateOf({ query }: WhmcsDatabase): Promise<string | undefined> {
  const [row] = await query<{ state: string }>('SELECT state FROM mod_creditbridge_settings');
  return row?.state;
}
