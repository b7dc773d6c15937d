import type { DatabaseAddress } from '../../support/database-server.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../../support/open-invoices.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { sideBySide } from '../measure.ts';
import type { Finding } from '../report.ts';
import { startBenchService } from '../start-bench-service.ts';
import { commitRows, readWrittenRows, type WrittenRows } from './bare-commits.ts';
import { createCalls, sendCalls } from './send-calls.ts';

const DATE = '2026-11-22';

interface Load {
  readonly connections: number;
  readonly batch: number;
  readonly deliveries: number;
  readonly goal: number;
}

/** Enough for about a second each, so that neither start-up nor the disk's caches decide. */
const LOADS: readonly Load[] = [
  { connections: 1, batch: 1, deliveries: 500, goal: 0.5 },
  { connections: 4, batch: 1, deliveries: 2_000, goal: 0.5 },
  { connections: 16, batch: 1, deliveries: 4_000, goal: 0.5 },
  { connections: 1, batch: 100, deliveries: 10_000, goal: 0.8 },
  { connections: 4, batch: 100, deliveries: 10_000, goal: 0.8 },
  { connections: 16, batch: 100, deliveries: 10_000, goal: 0.8 },
];
const INVOICES = 10_000;
/** So many deliveries are sent before anything is measured. */
const WARM_UP = 2_000;

/**
 * Deliveries of new invoices over HTTP, each answered after its decision and its command are committed, beside bare commits of
 * the same rows, whose values are there already.
 */
export async function benchDeliveries(
  server: DatabaseAddress,
  rounds: number,
): Promise<readonly Finding[]> {
  const database = await prepare(server);
  const service = await startBenchService(database);
  const target = service.target;
  const send = async ({ connections, batch, deliveries }: Load) => {
    await empty(database);
    const calls = createCalls(target, { date: DATE, batch, deliveries });
    return sendCalls(target, calls, connections);
  };
  const findings: Finding[] = [];
  await send({ connections: 4, batch: 1, deliveries: WARM_UP, goal: 0 });
  for (const load of LOADS) {
    await send(load);
    const rows = await readWrittenRows(database);
    expectEverythingDecided(rows, load);
    const ours = { name: 'ours', run: () => send(load) };
    const bare = (by: 'statements' | 'one-trip') => ({
      name: by,
      async run() {
        await empty(database);
        return commitRows(database.rootUrl, rows, { ...load, by });
      },
    });
    const times = await sideBySide([ours, bare('statements'), bare('one-trip')], rounds);
    const perSecond = (name: string) => load.deliveries / ((times.get(name) ?? Number.NaN) / 1000);
    const [mine, theirs] = [perSecond('ours'), perSecond('statements')];
    const inOneTrip = perSecond('one-trip');
    findings.push({
      what: describe(load),
      ours: `${mine.toFixed(0)}/s`,
      against: 'bare commits',
      theirs: `${theirs.toFixed(0)}/s`,
      ratio: mine / theirs,
      goal: { kind: 'at-least', ratio: load.goal },
      note: `a transaction in one round trip: ${inOneTrip.toFixed(0)}/s, ratio ${(mine / inOneTrip).toFixed(2)}`,
    });
  }
  await service.process.stop();
  await database.drop();
  return findings;
}

function describe({ connections, batch }: Load): string {
  const from = connections === 1 ? '1 connection' : `${connections} connections`;
  return `${from}, ${batch === 1 ? 'one at a time' : `batches of ${batch}`}`;
}

async function prepare(server: DatabaseAddress): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices: INVOICES, date: DATE, clients: INVOICES });
  // Every delivery leads to a command, the most work there can be.
  await connection.query('UPDATE tblclients SET credit = 1000');
  await connection.query("UPDATE tblinvoiceitems SET type = 'Hosting'");
  await turnOnAutoApply(connection);
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, tblinvoiceitems, tblaccounts');
  connection.destroy();
  return database;
}

async function empty(database: ServiceDatabase): Promise<void> {
  for (const table of ['deliveries', 'decisions', 'commands', 'clients']) {
    await database.query(`TRUNCATE TABLE mod_creditbridge_${table}`);
  }
}

function expectEverythingDecided(rows: WrittenRows, { deliveries }: Load): void {
  for (const [table, written] of Object.entries(rows)) {
    if (written.length === deliveries) continue;
    throw new Error(`${deliveries} deliveries left ${written.length} rows in ${table}.`);
  }
}
