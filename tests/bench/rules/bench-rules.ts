import { createEngine } from '../../../src/rules/engine/index.ts';
import { dayIn } from '../../../src/today/index.ts';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { fillOpenInvoices, turnOnAutoApply } from '../../support/open-invoices.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { adoptLog } from '../adopt-log.ts';
import { fillHistory } from '../fill-history.ts';
import { fillServices } from '../fill-services.ts';
import { sideBySide } from '../measure.ts';
import { type Planning, startPlanner } from '../planning/start-planner.ts';
import { duration, type Finding } from '../report.ts';
import { turnOnAllRules } from '../turn-on-all-rules.ts';

export interface RulesOptions {
  /** Clients. */
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** Plans an ordinary day's run with all built-in rules, and with the one that applies credit alone. */
export async function benchRules(
  server: DatabaseAddress,
  { sizes, rounds }: RulesOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let smallest: { readonly clients: number; readonly ms: number } | undefined;
  for (const clients of sizes) {
    const date = dayIn('Europe/Berlin', new Date());
    const database = await prepare(server, clients, date);
    const all = await contestant(database, date, async () => {
      await turnOnAllRules(database);
      await reserveAsBefore(database);
    });
    const one = await contestant(database, date, turnOnAutoApply);
    // Both have planned before the timing begins.
    await one.run();
    await all.run();
    const told = await verify(database);
    await keepReservations(database);
    const times = await sideBySide(
      [
        { name: 'all', ...all },
        { name: 'one', ...one },
      ],
      rounds,
    );
    const [peak, peakOfOne] = [await all.stop(), await one.stop()];
    await database.drop();

    const [ms = Number.NaN, msOfOne = Number.NaN] = [times.get('all'), times.get('one')];
    const what = `${clients.toLocaleString('en')} clients`;
    smallest ??= { clients, ms };
    findings.push({
      what,
      ours: duration(ms),
      against: 'one rule that applies credit',
      theirs: duration(msOfOne),
      ratio: ms / msOfOne,
      goal: { kind: 'at-most', ratio: 3 },
      note: `on its first day: ${told}; the process took ${peak.toFixed(0)} MiB at most, with the one rule ${peakOfOne.toFixed(0)}`,
    });
    if (smallest.clients < clients) {
      const [mine, before] = [ms / clients, smallest.ms / smallest.clients];
      findings.push({
        what: 'time per client',
        ours: duration(mine),
        against: `at ${smallest.clients.toLocaleString('en')}`,
        theirs: duration(before),
        ratio: mine / before,
        goal: { kind: 'at-most', ratio: 1.2 },
      });
    }
  }
  return findings;
}

/** A planner of its own, so that its memory is that of its rules. */
async function contestant(
  database: ServiceDatabase,
  date: string,
  turnOn: (database: ServiceDatabase) => Promise<void>,
) {
  const planner = await startPlanner(database.serviceUrl);
  let planning: Planning = { milliseconds: 0, peakMiB: 0 };
  return {
    async run() {
      for (const table of WRITTEN) {
        await database.query(`TRUNCATE TABLE mod_creditbridge_${table}`);
      }
      await turnOn(database);
      planning = await planner.plan(date);
      return planning.milliseconds;
    },
    /** @returns the most memory that it had, in MiB */
    async stop() {
      await planner.stop();
      return planning.peakMiB;
    },
  };
}

/** The rules' settings, and what a run writes. */
const WRITTEN = [
  'rule_settings',
  'decisions',
  'commands',
  'clients',
  'runs',
  'run_ranges',
  'notices',
  'reservations',
  'rule_faults',
];

/** As many days as renewals are reserved ahead, so that each day one part of so many comes into view. */
const DAYS_AHEAD = 30;

const KEPT = 'kept_reservations';

/** Keeps what the first run reserved. A client's renewals of today are not yet among it. */
async function keepReservations(database: ServiceDatabase): Promise<void> {
  await database.query(
    `CREATE TABLE ${KEPT} AS SELECT * FROM mod_creditbridge_reservations WHERE client_id % ${DAYS_AHEAD} <> 0`,
  );
}

/** The runs of the days before have reserved already; before the first run, nothing was. */
async function reserveAsBefore(database: ServiceDatabase): Promise<void> {
  const [table] = await database.query(`SHOW TABLES LIKE '${KEPT}'`);
  if (table === undefined) return;
  await database.query(`INSERT INTO mod_creditbridge_reservations SELECT * FROM ${KEPT}`);
}

/**
 * Of a hundred clients twenty-five have four open invoices each, some with a small rest, some for domains; sixty have credit
 * from deposits; all have services. Some chose how their credit is used.
 */
async function prepare(
  server: DatabaseAddress,
  clients: number,
  date: string,
): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await fillOpenInvoices(connection, { invoices: clients, clients, date });
  const owners = Math.ceil(clients / 4);
  for (const [table, invoiceId] of [
    ['tblinvoices', 'id'],
    ['tblinvoiceitems', 'invoiceid'],
    ['tblaccounts', 'invoiceid'],
  ]) {
    await connection.query(`UPDATE ${table} SET userid = 1 + (${invoiceId} - 1) % ${owners} * 4`);
  }
  await connection.query(
    `UPDATE tblinvoiceitems SET type = 'Domain' WHERE type = 'Hosting' AND invoiceid % 10 = 4`,
  );
  await connection.query(
    `INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, transid, invoiceid)
     SELECT userid, 0, 'mailin', '${date} 07:00:00', 'All but a little', total - 0.30, 0, 0, '', id
     FROM tblinvoices WHERE id % 40 = 11`,
  );
  await fillServices(connection, date);
  await fillHistory(connection, { clients, invoices: clients, date });
  await connection.query(
    `INSERT INTO mod_creditbridge_preferences (client_id, service_id, choice, changed_by, changed_at)
     SELECT id, 0, 'keep', 'bench', UTC_TIMESTAMP(6) FROM tblclients WHERE id % 20 = 1
     UNION ALL SELECT userid, id, 'first', 'bench', UTC_TIMESTAMP(6) FROM tblhosting WHERE userid % 20 = 5`,
  );
  await connection.query('ANALYZE TABLE tblclients');
  connection.destroy();
  await adoptLog(database, date);
  return database;
}

/** No rule may have failed, and each that a run asks must have changed something; otherwise there is nothing to compare. */
async function verify(database: ServiceDatabase): Promise<string> {
  const [faults] = await database.query<{ many: string }>(
    'SELECT COUNT(*) AS many FROM mod_creditbridge_rule_faults',
  );
  if (Number(faults?.many) > 0) throw new Error('A rule failed.');
  const did = await database.query<{ rule: string; many: string }>(
    "SELECT rule, COUNT(*) AS many FROM mod_creditbridge_decisions WHERE outcome = 'effect' GROUP BY rule ORDER BY rule",
  );
  const idle = (await rulesOfRuns()).filter((id) => !did.some(({ rule }) => rule === id));
  if (idle.length > 0) throw new Error(`These rules did nothing: ${idle.join(', ')}.`);
  return did.map(({ rule, many }) => `${rule} ${Number(many).toLocaleString('en')}`).join(', ');
}

/**
 * The built-in rules that a run asks; others only limit, or listen to other events. What gives credit back from an open invoice has
 * nothing to do here: no invoice has credit on it that the ledger knows.
 */
async function rulesOfRuns(): Promise<readonly string[]> {
  const engine = await createEngine({ rules: [], timeoutMs: 1_000 });
  const listen = engine
    .rules()
    .filter(({ on }) => on.includes('DueInvoice') || on.includes('ClientDaily'))
    .filter(({ needs }) => !needs.includes('creditOn'));
  await engine.close();
  return listen.map(({ id }) => id);
}
