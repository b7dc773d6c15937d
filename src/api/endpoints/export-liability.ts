import { z } from 'zod';
import { csvColumns, liabilityRows } from '../csv-rows.ts';
import { defineExport } from '../define-api-endpoint.ts';
import { findLiability } from '../find-liability.ts';
import { createPresent } from '../present.ts';
import { dayQuery, none } from '../read-parameters.ts';

export const exportLiability = defineExport({
  name: 'exportLiability',
  path: '/exports/liability.csv',
  summary: 'The liability at the end of a day.',
  params: none,
  query: z.strictObject(dayQuery),
  refuses: ['not-adopted'],
  cli: { name: 'ledger export liability', example: '--day 2026-10-31' },
  file: async ({ day }, context, refuse) => {
    const found = await findLiability(day, context, refuse);
    const rows = liabilityRows((await createPresent(context.db)).liability(found));
    const once = async function* () {
      yield rows;
    };
    return {
      fileName: `liability-${day}.csv`,
      table: { columns: csvColumns.liability, rows: once() },
    };
  },
});
