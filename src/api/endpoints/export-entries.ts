import { z } from 'zod';
import { readAllEntries } from '../../books/index.ts';
import { csvColumns, entryRow } from '../csv-rows.ts';
import { defineExport } from '../define-api-endpoint.ts';
import { entryFilter } from '../filters.ts';
import { createPresent } from '../present.ts';
import { entryQuery, none } from '../read-parameters.ts';

export const exportEntries = defineExport({
  name: 'exportEntries',
  path: '/exports/entries.csv',
  summary: 'All entries, or those of a client, an invoice, a kind, some days; oldest first.',
  params: none,
  query: z.strictObject(entryQuery),
  cli: { name: 'ledger export entries', example: '--from 2026-01-01 --output entries.csv' },
  file: async (query, { db }) => {
    const present = await createPresent(db);
    const rows = async function* () {
      for await (const part of readAllEntries(db, entryFilter(query))) {
        yield part.map((one) => entryRow(present.entry(one)));
      }
    };
    return {
      fileName: 'entries.csv',
      table: { columns: csvColumns.entries, rows: rows() },
    };
  },
});
