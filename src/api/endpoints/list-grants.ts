import { z } from 'zod';
import { listGrants as list } from '../../books/index.ts';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { grantFilter } from '../filters.ts';
import { createPresent } from '../present.ts';
import { grantQuery, none, pagedBy, sequenceCursor } from '../read-parameters.ts';
import { grantList } from '../schemas.ts';

export const listGrants = defineApiEndpoint({
  name: 'listGrants',
  method: 'get',
  path: '/grants',
  scope: 'read',
  summary: 'Grants of the current epoch, newest first.',
  params: none,
  query: z.strictObject({ ...grantQuery, ...pagedBy(sequenceCursor) }),
  response: grantList,
  cli: [{ name: 'ledger grants', example: '--client 42 --remaining', tell }],
  answer: async ({ query: { cursor, limit, ...parameters } }, { db }) => {
    const listing = await list(db, grantFilter(parameters), cursor, limit);
    const present = await createPresent(db);
    return { grants: listing.rows.map(present.grant), next: listing.next ?? null };
  },
});

function tell({ grants }: z.output<typeof grantList>): Told {
  const head = [
    'Grant',
    'Client',
    'Kind',
    'Amount',
    'Left',
    'Currency',
    'Opened',
    'Expires',
    'Rule',
  ];
  const rows = grants.map((one) => [
    one.id,
    `#${one.clientId}`,
    one.kind,
    one.amount,
    one.remaining,
    one.currency.code,
    one.openedOn ?? '–',
    one.expiresOn ?? 'never',
    one.rule,
  ]);
  return [{ head, rows }];
}
