import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Installation, startInstallation } from '../support/installation.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// The commands of `creditbridge` as processes, on a whole installation with a past.

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: {
      atCreation: 'on',
      onDueDate: 'on',
      dueOffsetDays: '0',
      coverage: 'partial',
      'reserve/1': '1.00',
      mail: 'as-is',
    },
  });
});

afterAll(() => installation?.stop());

const run = (...args: readonly string[]) => installation.service.cliProcess(...args);
const OK = { code: 0, signal: null };
const PROBLEM = { code: 1, signal: null };

test(
  'run daily --preview says what today’s run would do, client by client, and commits nothing',
  shows('auto-apply', ['run', 'previewed'], ['8.x']),
  async () => {
    const { exit, output } = await run('run', 'daily', '--preview');
    expect(exit).toEqual(OK);
    expect(output).toContain('Nothing was committed.');
    expect(output).toMatch(/invoice #909\b/);
    expect(output).toMatch(/invoice #910\b/);
    expect(await installation.database.query('SELECT 1 FROM mod_creditbridge_runs')).toEqual([]);
    expect(await installation.database.query('SELECT 1 FROM mod_creditbridge_commands')).toEqual(
      [],
    );
  },
);

test(
  'run daily plans, the worker carries out, and a second run does nothing twice',
  shows('auto-apply', ['run', 'on'], ['8.x']),
  async () => {
    await forgetLogs(installation.database);
    const first = await run('run', 'daily');
    expect(first.exit, first.output).toEqual(OK);
    await installation.work();
    // Nina has 3.00 and keeps 1.00.
    expect(await creditLog(14)).toEqual(['-2.00']);
    expect(await creditLog(13)).toEqual(['-25.00']);

    const again = await run('run', 'daily');
    expect(again.exit).toEqual(OK);
    await installation.work();
    expect(await creditLog(14)).toEqual(['-2.00']);
  },
);

test('explain invoice tells why only so much was applied, in words', async () => {
  const { exit, output } = await run('explain', 'invoice', '910');
  expect(exit).toEqual(OK);
  expect(output).toMatch(/10\.00/);
  expect(output).toMatch(/2\.00/);
  expect(output).toMatch(/1\.00 USD.*(stays|reserve)|(stays|reserve).*1\.00 USD/is);
  expect(output).toContain('It was done.');
  expect((await run('explain', 'invoice', '40000')).exit).toEqual(PROBLEM);
});

test('grants prints rights that the service’s account has, and no more', async () => {
  const output = await installation.service.cli('grants', '--host', '%');
  expect(output).not.toMatch(/ALL PRIVILEGES|GRANT OPTION|password|tblusers\b/i);
  const connection = await createConnection({ uri: installation.service.databaseUrl });
  try {
    await connection.query('SELECT id, credit FROM tblclients LIMIT 1');
    for (const refused of [
      'UPDATE tblclients SET credit = 1000 WHERE id = 1',
      'SELECT password FROM tblclients',
      'SELECT secret FROM mod_creditbridge_secrets',
      'CREATE TABLE mod_creditbridge_more (id INT)',
    ]) {
      await expect(connection.query(refused), refused).rejects.toThrow(/denied/i);
    }
  } finally {
    await connection.end();
  }
});

test('who has the database password of the service makes no more money than the ceilings of the shim', async () => {
  const thief = await createConnection({ uri: installation.service.databaseUrl });
  const command = async (fact: string, action: string, parameters: object, columns = '') => {
    await thief.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, rule, created_at${columns && ', state'})
       VALUES (UUID(), ?, ?, 14, ?, ?, '{}', 'thief', UTC_TIMESTAMP(6)${columns})`,
      [fact, fact, action, JSON.stringify(parameters)],
    );
  };
  const added = (amount: string) => ({ clientid: 14, description: 'x', amount, type: 'add' });
  const mail = (custommessage: string) => ({
    customtype: 'general',
    customsubject: 'x',
    custommessage,
    id: 14,
  });
  await forgetLogs(installation.database);
  try {
    await command('thief:large', 'AddCredit', added('900000.00'));
    for (let part = 0; part < 12; part++) {
      await command(`thief:part:${part}`, 'AddCredit', added('900.00'));
    }
    await command('thief:code', 'SendEmail', mail("{system('id')}"));
    await command('thief:field', 'SendEmail', mail('{$client_password}'));
    await expect(
      command('thief:done', 'AddCredit', added('1.00'), ", 'running'"),
    ).rejects.toMatchObject({ errno: 1143 });
    await expect(thief.query('DELETE FROM mod_creditbridge_added')).rejects.toMatchObject({
      errno: 1142,
    });
  } finally {
    await thief.end();
  }
  for (let round = 0; round < 3; round++) await installation.work();

  expect(await creditLog(14)).toEqual(['900.00', '900.00']);
  const states = await installation.database.query<{ state: string; count: number }>(
    "SELECT state, COUNT(*) AS count FROM mod_creditbridge_commands WHERE rule = 'thief' GROUP BY state ORDER BY state",
  );
  expect(states).toEqual([
    { state: 'done', count: 2 },
    { state: 'open', count: 11 },
    { state: 'refused', count: 2 },
  ]);
  const told = await installation.database.query(
    "SELECT id FROM tblactivitylog WHERE description LIKE '%would add 900000.00 and waits%'",
  );
  expect(told).toHaveLength(1);
  await installation.database.query(
    "UPDATE mod_creditbridge_commands SET state = 'stale', live_fact = NULL WHERE rule = 'thief' AND state = 'open'",
  );
});

test('workers that add at once keep to a ceiling together', async () => {
  const { database } = installation;
  await database.query(
    'UPDATE mod_creditbridge_ceilings SET hourly_hundredths = 1000000 WHERE currency_id = 1',
  );
  // There is room for one more: in this slot and the next, should it begin meanwhile.
  await database.query('DELETE FROM mod_creditbridge_added');
  await database.query(
    `INSERT INTO mod_creditbridge_added (currency_id, client_id, slot, amount_hundredths)
     VALUES (1, 0, UNIX_TIMESTAMP() DIV 600, 910000), (1, 0, UNIX_TIMESTAMP() DIV 600 + 1, 0)`,
  );
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, rule, created_at)
     SELECT UUID(), CONCAT('race:', id), CONCAT('race:', id), id, 'AddCredit',
       JSON_OBJECT('clientid', id, 'description', 'Bonus', 'amount', '900.00', 'type', 'add'), '{}', 'race', UTC_TIMESTAMP(6)
     FROM tblclients WHERE currency = 1 AND status <> 'Closed'`,
  );
  const holder = await database.root.getConnection();
  let workers: readonly Promise<void>[] = [];
  try {
    await holder.query('BEGIN');
    await holder.query(
      'SELECT * FROM mod_creditbridge_added WHERE currency_id = 1 AND client_id = 0 FOR UPDATE',
    );
    // Each has looked whether there is room, or waits to look.
    workers = Array.from({ length: 3 }, () => installation.work());
    await vi.waitFor(
      async () => {
        const waiting = await database.query(
          "SELECT trx_id FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'",
        );
        expect(waiting.length).toBeGreaterThan(2);
      },
      // The server reads that table anew only when nobody has read it for a tenth of a second.
      { timeout: 30_000, interval: 300 },
    );
  } finally {
    await holder.query('COMMIT');
    holder.release();
  }
  await Promise.all(workers);
  expect(
    await database.query(
      "SELECT id FROM mod_creditbridge_commands WHERE rule = 'race' AND state = 'done'",
    ),
  ).toHaveLength(1);
  await database.query(
    "UPDATE mod_creditbridge_commands SET state = 'stale', live_fact = NULL WHERE rule = 'race' AND state = 'open'",
  );
});

test('migrate may be repeated', async () => {
  const { exit, output } = await run('migrate');
  expect(exit, output).toEqual(OK);
});

test('doctor finds nothing wrong once cron has run, and says what to do when the service is gone', async () => {
  await installation.standIn.runCron();
  const well = await run('doctor');
  expect(well.exit, well.output).toEqual(OK);
  expect(well.output).toMatch(/WHMCS/);
  const json = await run('doctor', '--json');
  const { checks } = JSON.parse(json.output) as { checks: readonly { level?: string }[] };
  expect(checks.length).toBeGreaterThan(8);

  await installation.service.stop();
  const ill = await run('doctor');
  expect(ill.exit).toEqual(PROBLEM);
  expect(ill.output).toMatch(/start it/i);
  await installation.service.start();
});

test('a command line that is not understood says so and how to ask for help', async () => {
  const { exit, output } = await run('run', 'weekly');
  expect(exit).toEqual({ code: 2, signal: null });
  expect(output).toMatch(/help/);
});

async function creditLog(client: number): Promise<readonly (string | null)[]> {
  const changes = await moneyChanges(installation.database, { client, what: 'credit_log' });
  return changes.map(({ after }) => after);
}
