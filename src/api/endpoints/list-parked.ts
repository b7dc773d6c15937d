import { z } from 'zod';
import { listParkings } from '../../parking/index.ts';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { idText, none, pagedBy, uuidCursor } from '../read-parameters.ts';
import { parkedList } from '../schemas.ts';

export const listParked = defineApiEndpoint({
  name: 'listParked',
  method: 'get',
  path: '/parked',
  scope: 'read',
  summary: 'Parked and reserved credit, newest first.',
  params: none,
  query: z.strictObject({
    all: z
      .stringbool({ truthy: ['true'], falsy: ['false'] })
      .optional()
      .describe('Also what somebody decided about.'),
    client: idText.optional().describe('Only of this client.'),
    ...pagedBy(uuidCursor),
  }),
  response: parkedList,
  cli: [
    {
      name: 'parked list',
      about: 'Credit that waits for a decision.',
      options: { all: { name: 'all', given: 'true' } },
      example: '',
      tell,
    },
  ],
  answer: async ({ query: { all, client, cursor, limit } }, { db }) => {
    const listing = await listParkings(db, { all, clientId: client }, cursor, limit);
    const present = await createPresent(db);
    return { parked: listing.rows.map(present.parked), next: listing.next ?? null };
  },
});

function tell({ parked }: z.output<typeof parkedList>): Told {
  if (parked.length === 0) return ['Nothing is parked.'];
  const rows = parked.map((one) => [
    one.id,
    one.state,
    `#${one.clientId}`,
    `${one.amount} ${one.currency.code}`,
    one.foundAt.slice(0, 10),
    one.reason,
  ]);
  return [{ head: ['id', 'state', 'client', 'amount', 'since', 'reason'], rows }];
}
