import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { numbersTo } from '../../support/numbers-to.ts';
import { runProcess } from '../../support/processes.ts';
import { sideBySide, timed } from '../measure.ts';
import type { Finding } from '../report.ts';

const SCRIPT = 'bare-calls.php';
const WORKER = 'modules/addons/creditbridge/worker.php';
const WORKERS = [1, 4, 16] as const;
const ACTIONS = ['AddCredit', 'ApplyCredit'] as const;
type Action = (typeof ACTIONS)[number];
/** Of so many clients, each with one command: as in a daily run. Enough that starting and ending PHP is a small part of the time. */
const COMMANDS = 1600;
/** No worker ends before its work does. */
const LIMIT_SECONDS = 600;
/** Above those of the demonstration data. */
const FIRST_CLIENT = 100_001;
const GOAL = 0.7;
const NO_CEILING = 100_000_000_000;

/**
 * Commands per second that `worker.php` carries out, with leases, witnesses, proofs and all, beside as many PHP processes that make the
 * same calls of localAPI and nothing else. The time in which a process starts and finds nothing to do is taken off on both sides.
 */
export async function benchCommands(
  server: DatabaseAddress,
  rounds: number,
): Promise<readonly Finding[]> {
  const installation = await startInstallation(server);
  await prepare(installation);
  // It would ring for more workers, and its ledger follows both sides' rows: what that costs is another part of this.
  await installation.service.stop();
  const findings: Finding[] = [];
  for (const action of ACTIONS) {
    for (const workers of WORKERS) {
      const ours = () =>
        processes(installation, workers, () => [WORKER, '--once', `--for=${LIMIT_SECONDS}`]);
      const bare = () =>
        processes(installation, workers, (part) => [SCRIPT, action, `${part}`, `${workers}`]);
      const empty = { ours: Number.NaN, bare: Number.NaN };
      const times = await sideBySide(
        [
          {
            name: 'ours',
            async run() {
              empty.ours = await ours();
              await writeCommands(installation, action);
              const took = (await ours()) - empty.ours;
              await expectDone(installation);
              return took;
            },
          },
          {
            name: 'bare',
            async run() {
              empty.bare = await bare();
              await writeCalls(installation, action);
              const took = (await bare()) - empty.bare;
              await installation.database.query('DELETE FROM bench_calls');
              return took;
            },
          },
        ],
        rounds,
      );
      const perSecond = (name: string) => (COMMANDS * 1000) / (times.get(name) ?? Number.NaN);
      findings.push({
        what: `${action}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
        ours: `${perSecond('ours').toFixed(0)}/s`,
        against: 'the bare call',
        theirs: `${perSecond('bare').toFixed(0)}/s`,
        ratio: perSecond('ours') / perSecond('bare'),
        goal: { kind: 'at-least', ratio: GOAL },
      });
    }
  }
  await installation.stop();
  return findings;
}

/** Clients with credit; and no hook is forwarded, on either side: what hooks cost is another part of this. */
async function prepare({ database, standIn }: Installation): Promise<void> {
  await copyFile(join(import.meta.dirname, SCRIPT), join(standIn.root, SCRIPT));
  await database.query(
    `INSERT IGNORE INTO tblclients (id, firstname, lastname, email, currency, credit, status)
     SELECT ${FIRST_CLIENT - 1} + seq, 'Bench', 'Client', 'bench@example.com', 1, 1000, 'Active' FROM ${numbersTo(COMMANDS)}`,
  );
  await database.query(
    'CREATE TABLE bench_calls (id INT PRIMARY KEY AUTO_INCREMENT, client_id INT NOT NULL, invoice_id INT NULL)',
  );
  await database.query(`UPDATE mod_creditbridge_settings SET manifest = '{"hooks":{}}'`);
  // All of it is added within the hour.
  await database.query(
    `UPDATE mod_creditbridge_ceilings SET hourly_hundredths = ${NO_CEILING}, daily_hundredths = ${NO_CEILING},
       client_daily_hundredths = ${NO_CEILING}`,
  );
}

/** What both sides have to do, each time anew: a client and, for ApplyCredit, its unpaid invoice. */
async function writeCalls({ database }: Installation, action: Action): Promise<void> {
  if (action === 'AddCredit') {
    await database.query(
      `INSERT INTO bench_calls (client_id) SELECT ${FIRST_CLIENT - 1} + seq FROM ${numbersTo(COMMANDS)}`,
    );
    return;
  }
  await database.query(
    `INSERT IGNORE INTO tblinvoices (userid, date, duedate, subtotal, credit, total, status, paymentmethod)
     SELECT ${FIRST_CLIENT - 1} + seq, CURDATE(), CURDATE(), 1, 0, 1, 'Unpaid', 'mailin' FROM ${numbersTo(COMMANDS)}`,
  );
  await database.query(
    `INSERT INTO bench_calls (client_id, invoice_id)
     SELECT userid, id FROM tblinvoices WHERE userid >= ${FIRST_CLIENT} AND status = 'Unpaid' ORDER BY id`,
  );
}

async function writeCommands(installation: Installation, action: Action): Promise<void> {
  const { database } = installation;
  await writeCalls(installation, action);
  const parameters =
    action === 'AddCredit'
      ? `JSON_OBJECT('clientid', client_id, 'description', 'Bonus', 'amount', '1.00', 'type', 'add')`
      : `JSON_OBJECT('invoiceid', invoice_id, 'amount', '1.00', 'noemail', true)`;
  const expects =
    action === 'AddCredit'
      ? '{}'
      : '{"invoiceStatus":"Unpaid","invoiceBalanceAtLeast":"1.00","balanceAtLeast":"1.00"}';
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, invoice_id, action, parameters, expects, rule, created_at)
     SELECT UUID(), CONCAT('bench:', id), CONCAT('bench:', id), client_id, invoice_id, '${action}', ${parameters}, '${expects}', 'bench',
       UTC_TIMESTAMP(6) FROM bench_calls`,
  );
  await database.query('DELETE FROM bench_calls');
}

async function expectDone({ database }: Installation): Promise<void> {
  const rows = await database.query<{ state: string; count: number }>(
    'SELECT state, COUNT(*) AS count FROM mod_creditbridge_commands GROUP BY state',
  );
  if (rows.length !== 1 || rows[0]?.state !== 'done' || Number(rows[0].count) !== COMMANDS) {
    throw new Error(`Not every command was done: ${JSON.stringify(rows)}`);
  }
  await database.query('DELETE FROM mod_creditbridge_commands');
}

/** Milliseconds until all of so many PHP processes have ended. */
function processes(
  { standIn }: Installation,
  workers: number,
  args: (part: number) => readonly string[],
): Promise<number> {
  return timed(() =>
    Promise.all(
      Array.from({ length: workers }, (_, part) =>
        runProcess({ command: 'php', args: args(part), cwd: standIn.root, name: SCRIPT }),
      ),
    ),
  );
}
