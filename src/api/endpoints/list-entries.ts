import { z } from 'zod';
import { listEntries as list } from '../../books/index.ts';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { entryFilter } from '../filters.ts';
import { createPresent } from '../present.ts';
import { entryQuery, none, pagedBy, sequenceCursor } from '../read-parameters.ts';
import { entryList } from '../schemas.ts';

export const listEntries = defineApiEndpoint({
  name: 'listEntries',
  method: 'get',
  path: '/entries',
  scope: 'read',
  summary: 'Entries of the current epoch, newest first.',
  params: none,
  query: z.strictObject({ ...entryQuery, ...pagedBy(sequenceCursor) }),
  response: entryList,
  cli: [{ name: 'ledger entries', example: '--client 12 --from 2026-11-01', tell }],
  answer: async ({ query: { cursor, limit, ...parameters } }, { db }) => {
    const listing = await list(db, entryFilter(parameters), cursor, limit);
    const present = await createPresent(db);
    return { entries: listing.rows.map(present.entry), next: listing.next ?? null };
  },
});

function tell({ entries }: z.output<typeof entryList>): Told {
  const head = ['Entry', 'Day', 'Client', 'Amount', 'Currency', 'Kind', 'Invoice', 'Description'];
  const rows = entries.map((one) => [
    one.sequence,
    one.day ?? '–',
    `#${one.clientId}`,
    `${one.direction === 'in' ? '+' : '-'}${one.amount}`,
    one.currency.code,
    one.kind,
    one.invoiceId === null ? '' : `#${one.invoiceId}`,
    one.description,
  ]);
  return [{ head, rows }];
}
