import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { createSettledCounter } from '../../src/app/count-settled.ts';
import { readBacklog } from '../../src/app/read-backlog.ts';
import { readOpenWork } from '../../src/app/read-open-work.ts';
import { SERVICE_VERSION } from '../../src/base/index.ts';
import { connect } from '../../src/db/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { turnOnAutoApply } from '../support/open-invoices.ts';
import { readLabels, readMetrics, type Series } from '../support/read-metrics.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const run = promisify(execFile);
/** Enough that a query which grew with the data would show it. */
const MANY = 20_000;
const ALERTS = 'docs/monitoring/alerts.yaml';
const SAMPLES = 'tests/fixtures/alerts.test.yaml';

const database = await createServiceDatabase(testDatabaseServer());
const client = 5;
await database.root.query("SET SESSION sql_mode = ''");
await database.root.query(
  `INSERT INTO tblclients (id, currency, credit, status) VALUES (${client}, 1, 50, 'Active')`,
);
await database.root.query(
  `INSERT INTO tblinvoices (id, userid, date, duedate, subtotal, total, status)
   VALUES (9, ${client}, '2026-11-22', '2026-11-29', 10, 10, 'Unpaid')`,
);
await database.root.query(
  `INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, state, created_at, settled_at)
   SELECT CONCAT('00000000-0000-7000-8000-', LPAD(seq, 12, '0')), CONCAT('test:invoice:', seq), 1,
     IF(seq % 2, 'ApplyCredit', 'AddCredit'), '{}', '{}', 'test', 'done', '2026-01-01', '2026-01-01'
   FROM ${numbersTo(MANY)}`,
);
await database.root.query(
  `INSERT INTO mod_creditbridge_findings (fact, kind, text, outcome, found_at)
   SELECT CONCAT('test:', seq), 'test', 'text', IF(seq = 1, 'open', 'settled'), '2026-01-01'
   FROM ${numbersTo(MANY)}`,
);
await database.root.query(
  `INSERT INTO mod_creditbridge_approvals
     (id, client_id, operation, amount_hundredths, state, proposed_by, reason, proposed_at, expires_at)
   SELECT CONCAT('00000000-0000-7000-8000-', LPAD(seq, 12, '0')), 1, '{}', 1, IF(seq <= 2, 'pending', 'rejected'),
     'admin:1', 'test', '2026-01-01', '2126-01-01'
   FROM ${numbersTo(MANY)}`,
);
await database.root.query(
  `INSERT INTO mod_creditbridge_drifts VALUES
     (2, 1, 'open', 1, 2, '2026-01-01', '2026-01-01'), (3, 1, 'suspected', 1, 2, '2026-01-01', '2026-01-01')`,
);
await database.root.query(
  `INSERT INTO mod_creditbridge_runs (id, local_date, zone, state, started_at, planned_at)
   VALUES ('a', '2026-11-21', 'UTC', 'closed', '2026-11-21 08:00:00', '2026-11-21 08:01:00'),
     ('b', '2026-11-22', 'UTC', 'planning', '2026-11-22 08:00:00', NULL)`,
);
// Another process plans the second, so this service does not end it.
await database.root.query(
  `INSERT INTO mod_creditbridge_run_ranges (run_id, from_client_id, to_client_id, state, taken_until)
   VALUES ('b', 0, 1, 'taken', '2099-01-01')`,
);
await database.root.query(
  `UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.lastCronAt', '2026-11-22T12:00:00.000000Z')`,
);
await database.root.query(
  'ANALYZE TABLE mod_creditbridge_commands, mod_creditbridge_findings, mod_creditbridge_approvals',
);
const connection = await database.root.getConnection();
await turnOnAutoApply(connection);
connection.release();
const service = await startTestService(database);
afterAll(async () => {
  await service.stop();
  await database.drop();
});

async function scrape(): Promise<readonly Series[]> {
  return readMetrics(await (await fetch(`${service.metricsUrl}/metrics`)).text());
}

async function namesServed(): Promise<ReadonlySet<string>> {
  return new Set((await scrape()).map(({ name }) => name));
}

/** The value of a metric with these labels; undefined when it is not served. */
async function metric(name: string, labels: Readonly<Record<string, string>> = {}) {
  return findSeries(await scrape(), name, labels)?.value;
}

function findSeries(
  served: readonly Series[],
  name: string,
  labels: Readonly<Record<string, string>>,
): Series | undefined {
  return served.find(
    (one) =>
      one.name === name &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
}

test('metrics say what runs, whether it is ready, and what waits for an admin', async () => {
  const labels = { version: SERVICE_VERSION, protocol: '1', node: process.versions.node };
  expect(await metric('creditbridge_build_info', labels)).toBe(1);
  expect(await metric('creditbridge_ready')).toBe(1);
  expect(await metric('creditbridge_open_differences')).toBe(1);
  expect(await metric('creditbridge_open_findings')).toBe(1);
  expect(await metric('creditbridge_approvals_waiting')).toBe(2);
});

test('the service is not ready in its metrics while /ready says so', async () => {
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'copy'");
  await expect.poll(() => metric('creditbridge_ready'), { timeout: 20_000 }).toBe(0);
  expect((await fetch(`${service.url}/ready`)).status).toBe(503);
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'paired'");
  await expect.poll(() => metric('creditbridge_ready'), { timeout: 20_000 }).toBe(1);
});

test('the last cron and the last run that was planned to its end are served as timestamps', async () => {
  const cron = Date.parse('2026-11-22T12:00:00Z') / 1000;
  expect(await metric('creditbridge_last_cron_timestamp_seconds')).toBe(cron);
  const planned = Date.parse('2026-11-21T08:01:00Z') / 1000;
  expect(await metric('creditbridge_last_run_timestamp_seconds')).toBe(planned);
});

test('process and Node metrics have the names that known dashboards ask for', async () => {
  const names = await namesServed();
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'process_open_fds',
    'nodejs_eventloop_lag_seconds',
    'nodejs_heap_size_used_bytes',
    'nodejs_version_info',
  ]) {
    expect(names).toContain(name);
  }
  // Served after the first collection of garbage, which scraping brings about.
  await expect.poll(namesServed, { interval: 1 }).toContain('nodejs_gc_duration_seconds_count');
});

test('a decision is counted once by its rule and outcome, also when its hook is told twice', async () => {
  const labels = { rule: 'auto-apply', outcome: 'effect' };
  expect(await metric('creditbridge_decisions_total', labels)).toBeUndefined();
  const item = hookItem('InvoiceCreated', { invoiceid: 9, status: 'Unpaid' });
  for (const outcome of ['accepted', 'duplicate']) {
    const { body } = await service.call('POST /v1/deliveries', { items: [item] });
    expect(body['results']).toMatchObject([{ outcome }]);
  }
  expect(await metric('creditbridge_decisions_total', labels)).toBe(1);
  expect(await metric('creditbridge_commands', { state: 'open' })).toBe(1);
});

test('a command that WHMCS settles is counted by its action and outcome, and those before the service are not', async () => {
  const refused = { action: 'ApplyCredit', outcome: 'refused' };
  const counted = () => metric('creditbridge_commands_settled_total', refused);
  expect(await counted()).toBe(0);
  await database.root.query(
    `UPDATE mod_creditbridge_commands SET state = 'refused', settled_at = UTC_TIMESTAMP(6) - INTERVAL 4 SECOND
     WHERE state = 'open'`,
  );
  await expect.poll(counted, { timeout: 20_000 }).toBe(1);
  const [first, second] = await Promise.all([counted(), counted()]);
  expect([first, second]).toEqual([1, 1]);
  const done = { action: 'ApplyCredit', outcome: 'done' };
  expect(await metric('creditbridge_commands_settled_total', done)).toBe(0);
});

test('a scrape reads no more rows of a large database than of a small one', async () => {
  const db = connect(database.serviceUrl, 1);
  const readRows = async () => {
    const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Handler_read%'`.execute(
      db,
    );
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  const countSettled = createSettledCounter(db, () => undefined);
  await countSettled();
  for (const read of [() => readOpenWork(db), () => readBacklog(db), countSettled]) {
    const before = await readRows();
    await read();
    expect((await readRows()) - before).toBeLessThan(200);
  }
  await db.destroy();
});

test('each alert asks only for metrics that the service serves, with labels that they have', async () => {
  const stranger = await service.call(
    'POST /v1/manifest',
    {},
    { secret: `whsec_${'A'.repeat(43)}=` },
  );
  expect(stranger.status).toBe(401);
  const served = await scrape();
  const alerts = [...(await readFile(ALERTS, 'utf8')).matchAll(/- alert: (\w+)\n +expr: (.+)\n/g)];
  expect(alerts).toHaveLength(16);
  for (const [, alert, query = ''] of alerts) {
    const asked = [...query.matchAll(/\b([a-z]+(?:_[a-z]+)+|up)\b(?:\{([^}]*)\})?(?!\()/g)].filter(
      ([, name = '']) => name.startsWith('creditbridge_') || name === 'up',
    );
    expect(asked, alert).not.toHaveLength(0);
    for (const [selector, name = '', labels = ''] of asked) {
      // Prometheus itself serves `up`, and gives every series the job and the instance.
      if (name === 'up') continue;
      const wanted = { ...readLabels(labels) };
      // The outcome of a rule that fails is not there before one failed.
      if (wanted['outcome'] === 'faulted') delete wanted['outcome'];
      expect(findSeries(served, name, wanted), `${alert}: ${selector}`).toBeDefined();
    }
    const grouped = /sum by \((\w+)\)/.exec(query)?.[1];
    if (grouped !== undefined) {
      expect(findSeries(served, asked[0]?.[1] ?? '', {})?.labels, alert).toHaveProperty(grouped);
    }
  }
});

test('each alert fires on the series that it is for, and none on those of an installation that works', async ({
  skip,
}) => {
  const isThere = await run('promtool', ['--version']).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    skip(
      'promtool is missing; Debian has it in the package prometheus, which also starts a server',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  await copyFile(ALERTS, join(folder, 'alerts.yaml'));
  await copyFile(SAMPLES, join(folder, 'alerts.test.yaml'));
  await run('promtool', ['check', 'rules', join(folder, 'alerts.yaml')]);
  const { stdout } = await run('promtool', ['test', 'rules', 'alerts.test.yaml'], { cwd: folder });
  await rm(folder, { recursive: true });
  expect(stdout).toContain('SUCCESS');
});

test('the samples for promtool let every alert fire', async () => {
  const names = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, name]) => name);
  const alerts = names(await readFile(ALERTS, 'utf8'), /- alert: (\w+)/g);
  const fired = names(await readFile(SAMPLES, 'utf8'), /alertname="(\w+)"/g);
  expect(fired).toEqual(alerts);
});
