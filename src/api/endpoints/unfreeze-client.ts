import { z } from 'zod';
import { adminOf } from '../api-call.ts';
import { without } from '../api-error.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { clientParams, none } from '../read-parameters.ts';
import { frozenState, reason } from '../schemas.ts';

export const unfreezeClient = defineApiEndpoint({
  name: 'unfreezeClient',
  method: 'post',
  path: '/clients/{clientId}/unfreeze',
  scope: 'propose',
  summary: 'Lets a frozen client go on; what waited is done now, if it still fits.',
  params: clientParams,
  query: none,
  body: z.strictObject({ reason: reason.describe('Why it can go on.') }),
  response: frozenState,
  refuses: ['already-so'],
  cli: [
    {
      name: 'unfreeze client',
      about: 'Let a frozen client go on; what waited is done now, if it still fits.',
      places: ['clientId'],
      example: '42 --reason "Settled"',
      tell: ({ clientId }) => [
        `Client #${clientId} is not frozen any more; what waited is done with the next cron call.`,
      ],
    },
  ],
  answer: async ({ params: { clientId }, body, caller }, { operations, now }, refuse) => {
    const asked = { actor: adminOf({ caller }), reason: body.reason, at: now() };
    const done = await operations.unfreeze(clientId, asked);
    if (done.outcome === 'refused') {
      const { code, message } = without(done, ['reason-missing']);
      throw refuse(code, message);
    }
    return { clientId, frozen: false };
  },
});
