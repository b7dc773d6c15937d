import { z } from 'zod';
import { csvColumns, entryRow, grantRow, liabilityRows } from '../csv-rows.ts';
import { type ApiEndpoint, type CsvRow, defineExport } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { entryQuery, grantQuery, none } from '../read-parameters.ts';
import { day } from '../schemas.ts';
import { entryFilter, findLiability, grantFilter } from './ledger.ts';

/** Whole lists as CSV, oldest first; sent while they are read. */
export const exportEndpoints: readonly ApiEndpoint[] = [
  defineExport(
    {
      name: 'exportEntries',
      path: '/exports/entries.csv',
      summary: 'All entries, or those of a client, an invoice, a kind, some days; oldest first.',
      query: z.strictObject(entryQuery),
      file: async (query, ports) => {
        const present = await createPresent(ports);
        const pages = ports.ledger.exportEntries(entryFilter(query));
        return {
          fileName: 'entries.csv',
          table: {
            columns: csvColumns.entries,
            rows: map(pages, (one) => entryRow(present.entry(one))),
          },
        };
      },
    },
    none,
  ),
  defineExport(
    {
      name: 'exportGrants',
      path: '/exports/grants.csv',
      summary: 'All grants, or those of a client or kind, or with something left; oldest first.',
      query: z.strictObject(grantQuery),
      file: async (query, ports) => {
        const present = await createPresent(ports);
        const pages = ports.ledger.exportGrants(grantFilter(query));
        return {
          fileName: 'grants.csv',
          table: {
            columns: csvColumns.grants,
            rows: map(pages, (one) => grantRow(present.grant(one))),
          },
        };
      },
    },
    none,
  ),
  defineExport(
    {
      name: 'exportLiability',
      path: '/exports/liability.csv',
      summary: 'The liability at the end of a day.',
      query: z.strictObject({ day }),
      file: async ({ day: on }, ports) => {
        const found = await findLiability(on, ports);
        const rows = liabilityRows((await createPresent(ports)).liability(found));
        return {
          fileName: `liability-${on}.csv`,
          table: { columns: csvColumns.liability, rows: once(rows) },
        };
      },
    },
    none,
  ),
];

async function* map<T>(
  pages: AsyncIterable<readonly T[]>,
  toRow: (one: T) => CsvRow,
): AsyncIterable<readonly CsvRow[]> {
  for await (const page of pages) yield page.map(toRow);
}

async function* once(rows: readonly CsvRow[]): AsyncIterable<readonly CsvRow[]> {
  yield rows;
}
