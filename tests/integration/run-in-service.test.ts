import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runReply } from '../../bridge/index.ts';
import { planInThread } from '../../src/app/plan-in-thread.ts';
import { newId } from '../../src/base/index.ts';
import { dayIn } from '../../src/today/index.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../support/open-invoices.ts';
import { freePort } from '../support/ports.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const ZONE = 'Europe/Berlin';
const DATE = dayIn(ZONE, new Date());
/** Enough clients with credit for some ten ranges. */
const INVOICES = 30_000;
const RUN = { date: DATE, zone: ZONE, moment: 'AfterCronJob' };

test('a service that stops while its thread plans ends after the ranges at hand, and the next one goes on', async () => {
  const database = await createServiceDatabase(testDatabaseServer());
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices: INVOICES, date: DATE });
  await turnOnAutoApply(connection);
  connection.destroy();
  const ranges = async (state: string) => {
    const [row] = await database.query<{ count: number }>(
      'SELECT COUNT(*) AS count FROM mod_creditbridge_run_ranges WHERE state = ?',
      [state],
    );
    return Number(row?.count);
  };

  const first = await startTestService(database);
  const asked = first.call('POST /v1/run', RUN);
  while ((await ranges('done')) === 0) await sleep(20);
  await first.stop();
  await asked;
  const doneByFirst = await ranges('done');
  expect(await ranges('taken')).toBe(0);
  expect(await ranges('open')).toBeGreaterThan(0);
  expect(first.log()).not.toContain('interrupted');

  const second = await startTestService(database);
  let state = 'planning';
  while (state === 'planning') {
    state = runReply.parse((await second.call('POST /v1/run', RUN)).body).state;
  }
  expect(state).toBe('planned');
  // The same thread ends the day, and then has nothing to do until the service stops.
  const end = { ...RUN, moment: 'DailyCronJob' };
  while (state !== 'closed') {
    state = runReply.parse((await second.call('POST /v1/run', end)).body).state;
  }
  const served = readMetrics(await (await fetch(`${second.metricsUrl}/metrics`)).text());
  const decided = served.filter(({ name }) => name === 'creditbridge_decisions_total');
  const [kept] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM mod_creditbridge_decisions WHERE run_id IS NOT NULL',
  );
  expect(decided.map(({ labels }) => labels)).toContainEqual({
    rule: 'auto-apply',
    outcome: 'effect',
  });
  const total = decided.reduce((sum, { value }) => sum + value, 0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(Number(kept?.count) * 2);
  await second.stop();
  expect(second.log()).not.toContain('interrupted');
  expect(await ranges('done')).toBeGreaterThan(doneByFirst);
  const twice = await database.query(
    'SELECT fact FROM mod_creditbridge_commands GROUP BY fact HAVING COUNT(*) > 1',
  );
  expect(twice).toEqual([]);
  await database.drop();
});

test('a thread that fails says why, and the next run gets another one', async () => {
  const databaseUrl = `mysql://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`;
  const plan = planInThread({ databaseUrl, rules: [], ruleTimeoutMs: 5_000, logLevel: 'fatal' });
  const run = { id: newId(), date: DATE, zone: ZONE, state: 'planning' } as const;
  const stopping = new AbortController();
  const isGone = { code: 'ECONNREFUSED' };
  await expect(plan(run, '8.13.1', stopping.signal)).rejects.toMatchObject(isGone);
  await expect(plan(run, '8.13.1', stopping.signal)).rejects.toMatchObject(isGone);
  stopping.abort();
  await plan(run, '8.13.1', stopping.signal);
});
