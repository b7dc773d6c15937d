import { z } from 'zod';
import { adminOf } from '../api-call.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { invoiceParams, none } from '../read-parameters.ts';
import { creditAllowed } from '../schemas.ts';

export const leaveAlone = defineApiEndpoint({
  name: 'leaveAlone',
  method: 'post',
  path: '/invoices/{invoiceId}/leave-alone',
  scope: 'propose',
  summary: 'Keeps credit off an open invoice: no rule puts any on it until that is taken back.',
  params: invoiceParams,
  query: none,
  body: z.strictObject({
    reason: z.string().trim().max(500).default('').describe('Why no credit may go on it.'),
  }),
  response: creditAllowed,
  refuses: ['invoice-not-theirs', 'invoice-not-open', 'already-so'],
  cli: [
    {
      name: 'leave invoice',
      about: 'Keep credit off an open invoice: no rule puts any on it until that is taken back.',
      places: ['invoiceId'],
      example: '812 --reason "The client pays it by bank"',
      tell: ({ invoiceId }) => [
        `No rule puts credit on invoice #${invoiceId}. What was asked of WHMCS before is not taken back.`,
      ],
    },
  ],
  answer: async ({ params: { invoiceId }, body, caller }, { operations, now }, refuse) => {
    const asked = { actor: adminOf({ caller }), reason: body.reason, at: now() };
    const done = await operations.leaveAlone(invoiceId, asked);
    if (done.outcome === 'refused') throw refuse(done.code, done.message);
    return { invoiceId, creditAllowed: false };
  },
});
