import { connect, inTransaction } from '../../../src/db/index.ts';
import { loadFacts } from '../../../src/deciding/facts/load-facts.ts';
import type { Need } from '../../../src/rules/index.ts';
import type { DatabaseAddress } from '../../support/database-server.ts';
import { beginLedger } from '../../support/mirror-log.ts';
import { fillOpenInvoices } from '../../support/open-invoices.ts';
import { createServiceDatabase, type ServiceDatabase } from '../../support/service-database.ts';
import { fillServices } from '../fill-services.ts';
import { sideBySide, timed } from '../measure.ts';
import { duration, type Finding } from '../report.ts';

const DATE = '2026-11-22';
/** As a range of the daily run has. */
const CLIENTS_PER_BATCH = 1_250;
/** What the daily run asks for in any case. */
const BASE: readonly Need[] = ['invoice', 'openInvoices'];
const MORE: readonly Need[] = [
  'lines',
  'services',
  'renewals',
  'deposits',
  'revenue',
  'orders',
  'counters',
];

export interface FactsOptions {
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** Loads the facts about all clients in batches, with each fact beside those that a run loads anyhow. */
export async function benchFacts(
  server: DatabaseAddress,
  { sizes, rounds }: FactsOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const size of sizes) {
    const database = await prepare(server, size);
    const db = connect(database.serviceUrl, 1);
    await beginLedger(db);
    const [{ last } = { last: 0 }] = await database.query<{ last: number }>(
      'SELECT MAX(id) AS last FROM tblclients',
    );
    const loadAll = async (needs: readonly Need[]) => {
      for (let from = 1; from <= last; from += CLIENTS_PER_BATCH) {
        const many = Math.min(CLIENTS_PER_BATCH, last - from + 1);
        await inTransaction(db, (trx) =>
          loadFacts(trx, {
            clientIds: Array.from({ length: many }, (_, index) => from + index),
            invoiceIds: [],
            onlyUnpaid: true,
            needs: new Set(needs),
            zone: 'Europe/Berlin',
            at: new Date(`${DATE}T12:00:00Z`),
          }),
        );
      }
    };
    await loadAll([...BASE, ...MORE]);
    const contestant = (name: string, needs: readonly Need[]) => ({
      name,
      run: () => timed(() => loadAll(needs)),
    });
    const times = await sideBySide(
      [
        contestant('base', BASE),
        ...MORE.map((need) => contestant(need, [...BASE, need])),
        contestant('all', [...BASE, ...MORE]),
      ],
      rounds,
    );
    await db.destroy();
    await database.drop();
    const base = times.get('base') ?? Number.NaN;
    for (const need of [...MORE, 'all']) {
      const ms = times.get(need) ?? Number.NaN;
      findings.push({
        what: `${size.toLocaleString('en')} open invoices, with ${need}`,
        ours: duration(ms),
        against: 'without',
        theirs: duration(base),
        ratio: ms / base,
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
  await fillServices(connection, DATE);
  await connection.query('ANALYZE TABLE tblclients, tblinvoices, tblinvoiceitems, tblaccounts');
  connection.destroy();
  return database;
}
