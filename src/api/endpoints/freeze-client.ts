import { z } from 'zod';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { clientParams, none } from '../read-parameters.ts';
import { frozenState, reason } from '../schemas.ts';

/** To stop is always right, so a shell needs no token for it; who did it is the account of the operating system. */
export const freezeClient = defineApiEndpoint({
  name: 'freezeClient',
  method: 'post',
  path: '/clients/{clientId}/freeze',
  scope: 'propose',
  summary: 'Stops everything that is done for a client until it is unfrozen.',
  params: clientParams,
  query: none,
  body: z.strictObject({ reason: reason.describe('Why; others will ask.') }),
  response: frozenState,
  refuses: ['client-unknown', 'already-so'],
  cli: [
    {
      name: 'freeze client',
      about: 'Stop everything that is done for a client until it is unfrozen.',
      places: ['clientId'],
      example: '42 --reason "Chargeback"',
      withoutToken: true,
      tell: ({ clientId }) => [
        `Client #${clientId} is frozen. What is running in WHMCS just now is finished.`,
      ],
    },
  ],
  answer: async ({ params: { clientId }, body, caller }, { operations, now }, refuse) => {
    const asked = { actor: caller, reason: body.reason, at: now() };
    const done = await operations.freeze(clientId, asked);
    if (done.outcome === 'refused') throw refuse(done.code, done.message);
    return { clientId, frozen: true };
  },
});
