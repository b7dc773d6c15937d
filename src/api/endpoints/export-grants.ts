import { z } from 'zod';
import { readAllGrants } from '../../books/index.ts';
import { csvColumns, grantRow } from '../csv-rows.ts';
import { defineExport } from '../define-api-endpoint.ts';
import { grantFilter } from '../filters.ts';
import { createPresent } from '../present.ts';
import { grantQuery, none } from '../read-parameters.ts';

export const exportGrants = defineExport({
  name: 'exportGrants',
  path: '/exports/grants.csv',
  summary: 'All grants, or those of a client or kind, or with something left; oldest first.',
  params: none,
  query: z.strictObject(grantQuery),
  cli: { name: 'ledger export grants', example: '--remaining --output grants.csv' },
  file: async (query, { db }) => {
    const present = await createPresent(db);
    const rows = async function* () {
      for await (const part of readAllGrants(db, grantFilter(query))) {
        yield part.map((one) => grantRow(present.grant(one)));
      }
    };
    return { fileName: 'grants.csv', table: { columns: csvColumns.grants, rows: rows() } };
  },
});
