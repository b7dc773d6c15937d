import { join } from 'node:path';
import { z } from 'zod';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { runProcess } from '../../support/processes.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { timed } from '../measure.ts';
import { duration, type Finding } from '../report.ts';

/** Rows of one client, as an installation of some years has them. */
const ROWS_PER_CLIENT = 20;

const told = z.object({ importedMs: z.number(), adoptedMs: z.number(), peakMiB: z.number() });

/** The first import of a credit log, with everything it writes, beside the database copying as many rows by itself. */
export async function benchImport(
  server: DatabaseAddress,
  sizes: readonly number[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rows of sizes) {
    const database = await prepare(server, rows);
    // In this order: what is read first warms the memory for all that follow.
    const entriesMs = await timed(() => insertEntries(database));
    const plainMs = await timed(() => copyLog(database));
    const ours = await adopt(database);
    const written = await verify(database, rows);
    await database.drop();
    const what = `${rows.toLocaleString('en')} rows, adopted`;
    findings.push(
      {
        what,
        ours: duration(ours.adoptedMs),
        against: 'INSERT … SELECT of the same entries',
        theirs: duration(entriesMs),
        ratio: ours.adoptedMs / entriesMs,
        note: `importing ${duration(ours.importedMs)}, opening accounts ${duration(ours.adoptedMs - ours.importedMs)}; ${written}; our process took ${ours.peakMiB.toFixed(0)} MiB at most`,
      },
      {
        what,
        ours: duration(ours.adoptedMs),
        against: 'INSERT … SELECT of the log as it is',
        theirs: duration(plainMs),
        ratio: ours.adoptedMs / plainMs,
      },
    );
  }
  return findings;
}

/** Deposits, what was spent on invoices, and movements by hand. Balances are the sums of their rows. */
async function prepare(server: DatabaseAddress, rows: number): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  // Odd, so that the even numbers, which are spent, are not always those of the same clients.
  const clients = Math.floor(rows / ROWS_PER_CLIENT) | 1;
  // No triggers: filling is not what is measured.
  for (const name of await triggersOf(database)) await connection.query(`DROP TRIGGER ${name}`);
  await connection.query(
    "INSERT INTO tblcurrencies (id, code, format, rate, `default`) VALUES (1, 'EUR', 1, 1, 1)",
  );
  await connection.query(
    `INSERT INTO tblclients (id, currency) SELECT seq, 1 FROM seq_1_to_${clients}`,
  );
  await connection.query(
    `INSERT INTO tblinvoices (id, userid, date, duedate, total, credit, status)
     SELECT seq, 1 + seq % ${clients}, '2020-01-01' + INTERVAL seq % 2000 DAY, '2020-01-15' + INTERVAL seq % 2000 DAY, 0, 5, 'Paid'
     FROM seq_1_to_${rows} WHERE seq % 2 = 0`,
  );
  await connection.query(
    `INSERT INTO tblcredit (clientid, admin_id, date, description, amount)
     SELECT 1 + seq % ${clients}, IF(seq % 10 = 9, 1, 0), '2020-01-01' + INTERVAL seq % 2000 DAY,
       IF(seq % 2 = 0, CONCAT('Credit Applied to Invoice #', seq), IF(seq % 10 = 9, 'Goodwill', CONCAT('Add Funds Invoice #', seq))),
       IF(seq % 2 = 0, -CAST(4 + seq % 5 AS SIGNED), 5 + seq % 7)
     FROM seq_1_to_${rows}`,
  );
  await connection.query(
    'UPDATE tblclients c JOIN (SELECT clientid, SUM(amount) AS credit FROM tblcredit GROUP BY clientid) r ON r.clientid = c.id SET c.credit = r.credit',
  );
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, tblcredit');
  connection.destroy();
  return database;
}

async function triggersOf(database: ServiceDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ name: string }>(
    'SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE()',
  );
  return rows.map(({ name }) => name);
}

/** The yardstick: the same columns and indexes, filled by one statement that thinks nothing. */
async function insertEntries(database: ServiceDatabase): Promise<void> {
  await database.query('CREATE TABLE bench_entries LIKE mod_creditbridge_entries');
  await database.query(
    `INSERT INTO bench_entries
       (sequence, epoch, client_id, currency_id, from_account, to_account, amount_hundredths, kind, act, log_id, invoice_id,
        evidence, logged_on, description, row_sha256, recorded_at)
     SELECT c.id, 1, c.clientid, t.currency, IF(c.amount < 0, CONCAT('client:', c.clientid), 'unexplained'),
       IF(c.amount < 0, 'unexplained', CONCAT('client:', c.clientid)), ABS(c.amount) * 100, 'unknown', '{"do":"history"}', c.id,
       IF(c.id % 2 = 0, c.id, NULL), 'none', c.date, c.description,
       UNHEX(SHA2(CONCAT_WS('|', c.clientid, c.amount, c.date, c.admin_id, c.relid, c.description), 256)), NOW(6)
     FROM tblcredit c LEFT JOIN tblclients t ON t.id = c.clientid`,
  );
  await database.query('DROP TABLE bench_entries');
}

async function copyLog(database: ServiceDatabase): Promise<void> {
  await database.query('CREATE TABLE bench_log LIKE tblcredit');
  await database.query('INSERT INTO bench_log SELECT * FROM tblcredit');
  await database.query('DROP TABLE bench_log');
}

async function adopt(database: ServiceDatabase): Promise<z.infer<typeof told>> {
  const child = await runProcess({
    command: 'node',
    args: [
      join(import.meta.dirname, 'importer-process.ts'),
      database.serviceUrl,
      database.installation,
    ],
    name: 'the importer',
  });
  return told.parse(JSON.parse(child.stdout().toString('utf8')));
}

/** Every row must be there and every balance explained; otherwise there is nothing to compare. */
async function verify(database: ServiceDatabase, rows: number): Promise<string> {
  const [found] = await database.query<Readonly<Record<'entries' | 'grants' | 'wrong', string>>>(
    `SELECT (SELECT COUNT(*) FROM mod_creditbridge_entries WHERE log_id IS NOT NULL) AS entries,
       (SELECT COUNT(*) FROM mod_creditbridge_grants) AS \`grants\`,
       (SELECT COUNT(*) FROM tblclients c LEFT JOIN mod_creditbridge_accounts a ON a.client_id = c.id AND a.is_open = 1
        WHERE CAST(c.credit * 100 AS SIGNED) <> COALESCE(a.balance_hundredths, 0)
          OR COALESCE(a.remaining_hundredths - a.unfunded_hundredths, 0) <> COALESCE(a.balance_hundredths, 0)) AS wrong`,
  );
  if (found === undefined || Number(found.entries) !== rows || Number(found.wrong) !== 0) {
    throw new Error(`The adoption is not right: ${JSON.stringify(found)} for ${rows} rows.`);
  }
  return `${Number(found.grants).toLocaleString('en')} opening grants`;
}
