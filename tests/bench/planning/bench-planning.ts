import type { DatabaseAddress } from '../../support/database-server.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../../support/open-invoices.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { sideBySide, timed } from '../measure.ts';
import { duration, type Finding } from '../report.ts';
import { planWithCapsule } from './plan-with-capsule.ts';
import { planWithSql } from './plan-with-sql.ts';
import { type Planner, type Planning, startPlanner } from './start-planner.ts';

const DATE = '2026-11-22';
/** Clients of whom the loop in PHP plans every invoice; the rest of its time is extrapolated. */
const CAPSULE_CLIENTS = 300;

export interface PlanningOptions {
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** Plans a day's run over so many open invoices: the service, the fastest SQL we can write, and a loop as addons have it. */
export async function benchPlanning(
  server: DatabaseAddress,
  { sizes, rounds }: PlanningOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let smallest: { readonly size: number; readonly ms: number } | undefined;
  for (const size of sizes) {
    const database = await prepare(server, size);
    const planner = await startPlanner(database.serviceUrl);
    let planning: Planning = { milliseconds: 0, peakMiB: 0 };
    const ours = {
      name: 'ours',
      async run() {
        await empty(database);
        planning = await plan(planner);
        return planning.milliseconds;
      },
    };
    const sql = (connections: number) => ({
      name: `sql ${connections}`,
      async run() {
        await empty(database);
        return timed(() => planWithSql(database.rootUrl, DATE, connections));
      },
    });
    await verify(database, planner);
    const times = await sideBySide([ours, sql(1), sql(2)], rounds);
    await empty(database);
    const capsule = await planWithCapsule(database, DATE, CAPSULE_CLIENTS);
    await planner.stop();
    await database.drop();

    const ms = times.get('ours') ?? Number.NaN;
    const [one = Number.NaN, two = Number.NaN] = [times.get('sql 1'), times.get('sql 2')];
    const what = `${size.toLocaleString('en')} open invoices`;
    const mine = duration(ms);
    const best = Math.min(one, two);
    smallest ??= { size, ms };
    findings.push(
      {
        what,
        ours: mine,
        against: `chunked SQL, ${best === one ? 'one connection' : 'two connections'}`,
        theirs: duration(best),
        ratio: ms / best,
        goal: { kind: 'at-most', ratio: 1.3 },
        note: `one connection ${duration(one)}, two ${duration(two)}; our process took ${planning.peakMiB.toFixed(0)} MiB at most`,
      },
      {
        what,
        ours: mine,
        against: 'loop in PHP (extrapolated)',
        theirs: duration(capsule.msPerInvoice * capsule.invoices),
        goal: { kind: 'at-least', ratio: 40 },
        ratio: (capsule.msPerInvoice * capsule.invoices) / ms,
        note: `the loop planned ${capsule.planned} of ${capsule.invoices} invoices of clients with credit`,
      },
    );
    if (smallest.size < size) {
      findings.push({
        what: 'time per invoice',
        ours: duration(ms / size),
        against: `at ${smallest.size.toLocaleString('en')}`,
        theirs: duration(smallest.ms / smallest.size),
        ratio: ms / size / (smallest.ms / smallest.size),
      });
    }
  }
  return findings;
}

async function prepare(server: DatabaseAddress, invoices: number): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices, date: DATE });
  await turnOnAutoApply(connection);
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, tblinvoiceitems, tblaccounts');
  connection.destroy();
  return database;
}

const WRITTEN = ['decisions', 'commands', 'clients', 'runs', 'run_ranges'];

async function empty(database: ServiceDatabase): Promise<void> {
  for (const table of WRITTEN) await database.query(`TRUNCATE TABLE mod_creditbridge_${table}`);
}

async function plan(planner: Planner): Promise<Planning> {
  return planner.plan(DATE);
}

/** Both must decide the same, to the cent and to the word; otherwise there is nothing to compare. */
async function verify(database: ServiceDatabase, planner: Planner): Promise<void> {
  const written = async () =>
    database.query(
      `SELECT COUNT(*) AS decisions, SUM(amount_hundredths) AS hundredths,
         BIT_XOR(CRC32(CONCAT_WS('|', invoice_id, client_id, outcome, effect, amount_hundredths, fact, reason, trace))) AS told,
         (SELECT COUNT(*) FROM mod_creditbridge_commands) AS commands,
         (SELECT BIT_XOR(CRC32(CONCAT_WS('|', fact, live_fact, client_id, invoice_id, parameters, expects, amount_hundredths,
            hold_hundredths, urgency))) FROM mod_creditbridge_commands) AS asked
       FROM mod_creditbridge_decisions`,
    );
  await empty(database);
  await plan(planner);
  const ours = JSON.stringify(await written());
  await empty(database);
  await planWithSql(database.rootUrl, DATE, 2);
  const theirs = JSON.stringify(await written());
  if (ours !== theirs) throw new Error(`The two plans differ: ${ours} and ${theirs}.`);
}
