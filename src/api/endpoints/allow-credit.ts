import { z } from 'zod';
import { adminOf } from '../api-call.ts';
import { without } from '../api-error.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { invoiceParams, none } from '../read-parameters.ts';
import { creditAllowed } from '../schemas.ts';

export const allowCredit = defineApiEndpoint({
  name: 'allowCredit',
  method: 'post',
  path: '/invoices/{invoiceId}/allow-credit',
  scope: 'propose',
  summary: 'Lets credit go again on an invoice that it was taken off by hand.',
  params: invoiceParams,
  query: none,
  body: z.strictObject({
    reason: z.string().trim().max(500).default('').describe('Why credit may go on it again.'),
  }),
  response: creditAllowed,
  refuses: ['already-so'],
  cli: [
    {
      name: 'allow credit',
      about: 'Let credit go again on an invoice that it was taken off by hand.',
      places: ['invoiceId'],
      example: '812 --reason "The client asked for it"',
      tell: ({ invoiceId }) => [
        `Credit may go on invoice #${invoiceId} again: rules are asked when it is due or credit arrives.`,
      ],
    },
  ],
  answer: async ({ params: { invoiceId }, body, caller }, { operations, now }, refuse) => {
    const asked = { actor: adminOf({ caller }), reason: body.reason, at: now() };
    const done = await operations.allowCredit(invoiceId, asked);
    if (done.outcome === 'refused') {
      // To admins every invoice is theirs.
      const { code, message } = without(done, ['invoice-not-theirs']);
      throw refuse(code, message);
    }
    return { invoiceId, creditAllowed: true };
  },
});
