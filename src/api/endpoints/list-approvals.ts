import { z } from 'zod';
import { listApprovals as list } from '../../operations/index.ts';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { idText, none, pagedBy, uuidCursor } from '../read-parameters.ts';
import { approvalList } from '../schemas.ts';

export const listApprovals = defineApiEndpoint({
  name: 'listApprovals',
  method: 'get',
  path: '/approvals',
  scope: 'read',
  summary: 'Proposals, newest first.',
  params: none,
  query: z.strictObject({
    pending: z
      .stringbool({ truthy: ['true'], falsy: ['false'] })
      .optional()
      .describe('Only those that wait for a second admin.'),
    client: idText.optional().describe('Only of this client.'),
    ...pagedBy(uuidCursor),
  }),
  response: approvalList,
  cli: [
    {
      name: 'approvals list',
      about: 'What waits for a second admin; it is decided on the addon page.',
      options: {
        pending: { name: 'all', about: 'Decided ones, too.', given: 'false', otherwise: 'true' },
      },
      example: '',
      tell,
    },
  ],
  answer: async ({ query: { pending, client, cursor, limit } }, { db }) => {
    const listing = await list(db, { pending, clientId: client }, cursor, limit);
    const present = await createPresent(db);
    return { approvals: listing.rows.map(present.approval), next: listing.next ?? null };
  },
});

function tell({ approvals }: z.output<typeof approvalList>): Told {
  if (approvals.length === 0) return ['Nothing waits for approval.'];
  const head = ['id', 'state', 'operation', 'client', 'amount', 'proposed by', 'until', 'reason'];
  const rows = approvals.map((one) => [
    one.id,
    one.state,
    one.operation?.kind ?? 'unreadable',
    one.operation !== null && 'clientId' in one.operation ? `#${one.operation.clientId}` : '–',
    one.currency === null ? '–' : `${one.amount} ${one.currency.code}`,
    whoIs(one.proposedBy, one.proposedByName),
    one.expiresAt.slice(0, 10),
    one.reason,
  ]);
  return [{ head, rows }];
}

/** `ada (admin #1)` for `admin:1`. */
function whoIs(actor: string, name: string | null): string {
  return name === null ? actor : `${name} (${actor.replace(':', ' #')})`;
}
