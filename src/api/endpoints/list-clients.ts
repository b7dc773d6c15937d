import { z } from 'zod';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { findBalances } from '../find-balances.ts';
import { listClientIds } from '../list-client-ids.ts';
import { none, pagedBy, sequenceCursor } from '../read-parameters.ts';
import { clientList } from '../schemas.ts';

export const listClients = defineApiEndpoint({
  name: 'listClients',
  method: 'get',
  path: '/clients',
  scope: 'read',
  summary: 'Clients with what they have, newest first.',
  params: none,
  query: z.strictObject({
    withCredit: z
      .stringbool({ truthy: ['true'], falsy: ['false'] })
      .default(false)
      .describe('Only those whose balance in WHMCS is not 0.'),
    ...pagedBy(sequenceCursor),
  }),
  response: clientList,
  cli: [{ name: 'ledger clients', example: '--with-credit --limit 20', tell }],
  answer: async ({ query }, { db }) => {
    const { ids, next } = await listClientIds(db, query);
    return { clients: (await findBalances(db, ids)).toReversed(), next };
  },
});

function tell({ clients }: z.output<typeof clientList>): Told {
  const head = ['Client', 'In WHMCS', 'Available', 'Currency', 'Made of'];
  const rows = clients.map((one) => [
    `#${one.clientId}`,
    one.whmcs,
    one.available,
    one.currency.code,
    one.accounts
      .flatMap(({ parts }) => parts.map(({ kind, remaining }) => `${remaining} ${kind}`))
      .join(', '),
  ]);
  return [{ head, rows }];
}
