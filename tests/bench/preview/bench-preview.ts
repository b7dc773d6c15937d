import { join } from 'node:path';
import { z } from 'zod';
import { dayIn } from '../../../src/today/index.ts';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { fillOpenInvoices } from '../../support/open-invoices.ts';
import { runProcess } from '../../support/processes.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { adoptLog } from '../adopt-log.ts';
import { fillHistory, HISTORY_PER_CLIENT } from '../fill-history.ts';
import { fillServices } from '../fill-services.ts';
import { duration, type Finding } from '../report.ts';
import { turnOnAllRules } from '../turn-on-all-rules.ts';

/** Besides those of the history, which are paid. */
const OPEN_PER_CLIENT = 4;

const told = z.object({
  milliseconds: z.number(),
  peakMiB: z.number(),
  clients: z.number(),
  effects: z.array(z.object({ what: z.string(), count: z.number() })),
  unknown: z.array(z.object({ why: z.string(), count: z.number() })),
});
type Told = z.infer<typeof told>;

/**
 * Previews the past 90 days with all built-in rules: does time per invoice stay the same, and memory?
 *
 * @param sizes invoices of the 90 days
 */
export async function benchPreview(
  server: DatabaseAddress,
  sizes: readonly number[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let smallest:
    | { readonly invoices: number; readonly ms: number; readonly peak: number }
    | undefined;
  for (const size of sizes) {
    const clients = Math.ceil(size / (OPEN_PER_CLIENT + HISTORY_PER_CLIENT));
    const invoices = clients * (OPEN_PER_CLIENT + HISTORY_PER_CLIENT);
    const database = await prepare(server, clients);
    const { milliseconds: ms, peakMiB: peak, effects } = await preview(database, clients);
    await database.drop();

    smallest ??= { invoices, ms, peak };
    const what = `${invoices.toLocaleString('en')} invoices in ${duration(ms)}`;
    const against = `at ${smallest.invoices.toLocaleString('en')}`;
    const [mine, before] = [ms / invoices, smallest.ms / smallest.invoices];
    const linear = smallest.invoices < invoices && {
      goal: { kind: 'at-most', ratio: 1.2 } as const,
    };
    findings.push(
      {
        what: `${what}, time per invoice`,
        ours: duration(mine),
        against,
        theirs: duration(before),
        ratio: mine / before,
        ...linear,
        note: effects.map((one) => `${one.what} ${one.count}`).join(', '),
      },
      {
        what: `${what}, peak memory`,
        ours: `${peak.toFixed(0)} MiB`,
        against,
        theirs: `${smallest.peak.toFixed(0)} MiB`,
        ratio: peak / smallest.peak,
      },
    );
  }
  return findings;
}

/** Each client has four open invoices that fell due lately, and four that were paid within the 90 days. */
async function prepare(server: DatabaseAddress, clients: number): Promise<ServiceDatabase> {
  const date = dayIn('Europe/Berlin', new Date());
  const database = await createServiceDatabase(server);
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  const invoices = clients * OPEN_PER_CLIENT;
  await fillOpenInvoices(connection, { invoices, clients, date });
  await fillServices(connection, date);
  await fillHistory(connection, { clients, invoices, date });
  await connection.query('ANALYZE TABLE tblclients');
  connection.destroy();
  await adoptLog(database, date);
  await turnOnAllRules(database);
  return database;
}

/** Every client must have been lived through and something done; otherwise there is nothing to measure. */
async function preview(database: ServiceDatabase, clients: number): Promise<Told> {
  const child = await runProcess({
    command: 'node',
    args: [join(import.meta.dirname, 'preview-process.ts'), database.serviceUrl],
    name: 'the preview',
  });
  const previewed = told.parse(JSON.parse(child.stdout().toString('utf8')));
  const isLeftOut = previewed.unknown.some(({ why }) => why.includes('left out'));
  if (previewed.clients !== clients || isLeftOut || previewed.effects.length === 0) {
    throw new Error(`The preview is not right: ${JSON.stringify(previewed)}, ${clients} clients.`);
  }
  return previewed;
}
