import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { type Installation, startInstallation } from '../../support/installation.ts';
import { turnOnAutoApply } from '../../support/open-invoices.ts';
import { startProcess } from '../../support/processes.ts';
import { median } from '../measure.ts';
import { duration, type Finding } from '../report.ts';

const SCRIPT = 'measure-hooks.php';
/** Turns of each contestant in one PHP process. */
const TURNS = 100;
/** Including hooks.php registers its callbacks once more each time; with many of them registering itself becomes slower. */
const PAGE_TURNS = 10;
/** So there are more processes instead. */
const PAGE_ROUNDS = 5;
/** Invoices of one client that only these measurements use. */
const FIRST_INVOICE = 100_001;
const INVOICES = 20_000;

interface Kind {
  readonly what: string;
  readonly mode: 'page' | 'deferred' | 'inline' | 'down';
  readonly answer: 'deferred' | 'inline';
  readonly against: string;
  readonly goal?: number;
}

const KINDS: readonly Kind[] = [
  { what: 'a page without hooks', mode: 'page', answer: 'deferred', against: 'one bare query' },
  {
    what: 'a deferred hook',
    mode: 'deferred',
    answer: 'deferred',
    against: 'one bare INSERT',
    goal: 1.5,
  },
  {
    what: 'an inline hook',
    mode: 'inline',
    answer: 'inline',
    against: 'a bare POST and a bare transaction',
    goal: 1.5,
  },
  {
    what: 'a deferred hook, service down',
    mode: 'down',
    answer: 'deferred',
    against: 'one bare INSERT',
    goal: 1.5,
  },
  {
    what: 'an inline hook, service down',
    mode: 'down',
    answer: 'inline',
    against: 'one bare INSERT',
    goal: 1.5,
  },
];

const measured = z.object({ ours: z.number(), bare: z.number() });

/** What the shim costs a page of WHMCS: the real shim in the stand-in, one PHP process for each round. */
export async function benchHooks(
  server: DatabaseAddress,
  rounds: number,
): Promise<readonly Finding[]> {
  const installation = await startInstallation(server);
  await prepare(installation);
  const empty = startProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, 'empty-server.ts')],
    name: 'empty server',
  });
  const [, port = ''] = await empty.waitForLine(/^port (\d+)$/);
  const findings: Finding[] = [];
  let invoice = FIRST_INVOICE;
  for (const kind of KINDS) {
    const taken: z.infer<typeof measured>[] = [];
    for (let round = 0; round < (kind.mode === 'page' ? rounds * PAGE_ROUNDS : rounds); round++) {
      await arrange(installation, kind);
      taken.push(await measure(installation, kind, invoice, `http://127.0.0.1:${port}/`));
      invoice += TURNS + 10;
    }
    const ours = median(taken.map((one) => one.ours));
    const bare = median(taken.map((one) => one.bare));
    findings.push({
      what: kind.what,
      ours: duration(ours),
      against: kind.against,
      theirs: duration(bare),
      ratio: ours / bare,
      ...(kind.goal === undefined ? {} : { goal: { kind: 'at-most', ratio: kind.goal } as const }),
    });
  }
  await empty.stop();
  await installation.stop();
  return findings;
}

async function prepare({ database, standIn }: Installation): Promise<void> {
  await copyFile(join(import.meta.dirname, SCRIPT), join(standIn.root, SCRIPT));
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  // Paid ones: they are looked at and decided about, and no command follows that would be run inside the hook.
  await connection.query(
    `INSERT INTO tblinvoices (id, userid, invoicenum, date, duedate, subtotal, credit, tax, tax2, total, taxrate, taxrate2,
       status, paymentmethod, notes)
     SELECT ${FIRST_INVOICE - 1} + seq, (SELECT MIN(id) FROM tblclients), '', CURDATE(), CURDATE(), 9, 0, 0, 0, 9, 0, 0,
       'Paid', 'mailin', '' FROM seq_1_to_${INVOICES}`,
  );
  await connection.query("DELETE FROM mod_creditbridge_rule_settings WHERE rule = 'auto-apply'");
  await turnOnAutoApply(connection);
  connection.destroy();
}

/** The manifest as the service gives it, with this hook answered as wanted, and the breaker closed or open. */
async function arrange({ database }: Installation, { mode, answer }: Kind): Promise<void> {
  const [row] = await database.query<{ manifest: string }>(
    'SELECT manifest FROM mod_creditbridge_settings WHERE id = 1',
  );
  const { hooks } = z
    .object({ hooks: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(row?.manifest ?? ''));
  await database.query(
    `UPDATE mod_creditbridge_settings SET manifest = ?, manifest_number = COALESCE(
       (SELECT value FROM mod_creditbridge_state WHERE name = 'manifest-number'), manifest_number),
       breaker_failures = ?, breaker_open_until = ${mode === 'down' ? 'UTC_TIMESTAMP(6) + INTERVAL 1 HOUR' : 'NULL'}`,
    [JSON.stringify({ hooks: { ...hooks, InvoiceCreated: { answer } } }), mode === 'down' ? 1 : 0],
  );
  await database.query('DELETE FROM mod_creditbridge_spool');
}

async function measure(
  { standIn }: Installation,
  { mode }: Kind,
  invoice: number,
  emptyServer: string,
): Promise<z.infer<typeof measured>> {
  const turns = String(mode === 'page' ? PAGE_TURNS : TURNS);
  const result = await standIn.php(SCRIPT, [mode, turns, String(invoice), emptyServer]);
  if (result.code !== 0) throw new Error(`${SCRIPT} failed:\n${result.output}`);
  return measured.parse(JSON.parse(result.stdout));
}
