import { tmpdir } from 'node:os';
import { v7 as newId } from 'uuid';
import { afterAll, expect, test, vi } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import type { Check } from '../../src/cli/doctor/check.ts';
import { startInstallation } from '../support/installation.ts';
import { runCommand } from '../support/run-command.ts';
import { waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// `/ready`, the log and doctor say what keeps credit from moving, also where it is WHMCS or the addon that does not do its part.

// Without a doorbell, and nobody starts the worker: what waits, waits.
const installation = await startInstallation(testDatabaseServer(), {
  serviceEnv: { CREDITBRIDGE_WHMCS_URL: '' },
});
const { database, service, standIn } = installation;
afterAll(() => installation.stop());

/** Counts of refused calls are stored every fifteen seconds, and looked at every ten. */
const SAID_WITHIN_MS = 35_000;

interface Ready {
  readonly status: string;
  readonly reason?: string;
  readonly notices?: readonly string[];
}

async function ready(): Promise<{ readonly status: number; readonly body: Ready }> {
  const response = await fetch(`${service.url}/ready`);
  return { status: response.status, body: (await response.json()) as Ready };
}

async function diagnose() {
  const { code, output } = await service.tryCli('doctor', '--json');
  const { checks } = JSON.parse(output) as { readonly checks: readonly Check[] };
  return { code, bad: checks.flatMap(({ name, level }) => (level === 'bad' ? name : [])) };
}

async function setCron(at: Date): Promise<void> {
  await database.query(
    `UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.lastCronAt', ?)`,
    [at.toISOString().replace(/\.\d+Z$/, 'Z')],
  );
}

test('an installation in which all do their part has nothing to say', async () => {
  await setCron(new Date());
  expect(await ready()).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await diagnose()).toEqual({ code: 0, bad: [] });
});

test('doctor looks at the folder of the service, and says when the service keeps nothing there', async () => {
  await waitForLedger(installation);
  await vi.waitFor(async () => expect((await stateChecks()).at(-1)?.level).toBe('good'), {
    timeout: 60_000,
  });
  expect(await stateChecks({ CREDITBRIDGE_STATE_DIRECTORY: tmpdir() })).toMatchObject([
    { level: 'good', says: `${tmpdir()} can be written.` },
    { level: 'warn', says: expect.stringContaining(`keeps nothing in ${tmpdir()}`) },
  ]);
});

async function stateChecks(env = {}): Promise<readonly Check[]> {
  const { out } = await runCommand(['doctor', '--json'], { ...service.env, ...env });
  const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] };
  return checks.filter(({ name }) => name === 'State directory');
}

test(
  'cron that does not run, a worker that does not run, and an addon that signs wrongly are in /ready, in the log with what to do, and doctor exits 1',
  async () => {
    const [secret] = await database.query<{ secret: string }>(
      "SELECT secret FROM mod_creditbridge_secrets WHERE direction = 'to-service'",
    );
    const other = await standIn.localApi('EncryptPassword', { password2: generateSecret() });
    const setSecret = (value: unknown) =>
      database.query(
        "UPDATE mod_creditbridge_secrets SET secret = ? WHERE direction = 'to-service'",
        [value],
      );
    await setSecret(other['password']);
    // It carries out what waits, and is refused.
    await standIn.runCron();
    const id = newId();
    await database.root.query('INSERT INTO mod_creditbridge_commands SET ?', [
      {
        id,
        fact: `test:${id}`,
        client_id: 1,
        action: 'AddCredit',
        parameters: '{}',
        expects: '{}',
        rule: 'test',
        created_at: new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
      },
    ]);
    await setCron(new Date(Date.now() - 3_600_000));

    await vi.waitFor(
      async () => {
        const { status, body } = await ready();
        expect(status).toBe(200);
        const names = body.notices?.map((notice) => notice.split(':')[0]).toSorted();
        expect(names).toEqual(expect.arrayContaining(['Commands', 'Refused calls', 'WHMCS cron']));
      },
      { timeout: SAID_WITHIN_MS, interval: 250 },
    );
    const log = service.process().output();
    expect(log).toMatch(/"code":"signature-wrong","remedy":"The secrets differ\. Press Show/);
    expect(log.match(/"code":"signature-wrong"/g)).toHaveLength(1);
    for (const check of ['WHMCS cron', 'Commands', 'Refused calls']) {
      expect(log).toMatch(
        new RegExp(`"check":"${check}","says":"[^"]+","remedy":"[^"]+","msg":"WHMCS does not do`),
      );
    }
    const { code, bad } = await diagnose();
    expect(code).toBe(1);
    expect(bad).toEqual(expect.arrayContaining(['WHMCS cron', 'Commands', 'Refused calls']));

    await setSecret(secret?.secret);
    await database.query('DELETE FROM mod_creditbridge_commands WHERE id = ?', [id]);
    await database.query("DELETE FROM mod_creditbridge_state WHERE name LIKE 'refused-at:%'");
    await setCron(new Date());
    await vi.waitFor(async () => expect((await ready()).body).toEqual({ status: 'ok' }), {
      timeout: SAID_WITHIN_MS,
      interval: 250,
    });
  },
  2 * SAID_WITHIN_MS,
);

test('a deactivated addon is not ready, says why, and is paired again after its activation', async () => {
  await standIn.deactivateAddon();
  await vi.waitFor(
    async () =>
      expect(await ready()).toMatchObject({
        status: 503,
        body: {
          status: 'not-ready',
          reason: expect.stringContaining('The addon is deactivated in WHMCS'),
        },
      }),
    { timeout: 3000 },
  );
  const { code, bad } = await diagnose();
  expect(code).toBe(1);
  expect(bad).toEqual(expect.arrayContaining(['Pairing', 'Service']));

  // WHMCS forgets the fields of a module that is deactivated.
  await standIn.activateAddon({ acting_admin: 'admin', service_url: service.url });
  await vi.waitFor(
    async () => {
      await installation.work();
      expect(await ready()).toMatchObject({ status: 200 });
    },
    { timeout: 15_000, interval: 500 },
  );
});
