import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { type ApiEndpoint, defineApiEndpoint } from '../define-api-endpoint.ts';
import { explainSubjects } from '../ports.ts';
import { none } from '../read-parameters.ts';
import { explanation, sequence } from '../schemas.ts';

const UNKNOWN = {
  entry: 'entry-unknown',
  grant: 'grant-unknown',
  invoice: 'invoice-unknown',
  client: 'client-unknown',
} as const;

/** Why something is as it is, in words. */
export const explainEndpoint: ApiEndpoint = defineApiEndpoint({
  name: 'explain',
  method: 'get',
  path: '/explain/{subject}/{id}',
  scope: 'read',
  summary:
    'Why an entry, a grant, the credit on an invoice or the balance of a client is as it is.',
  params: z.strictObject({ subject: z.enum(explainSubjects), id: sequence }),
  query: none,
  response: explanation,
  answer: async ({ params: { subject, id } }, { explain }) => {
    const sentences = await explain(subject, id);
    if (sentences === undefined) {
      throw new ApiError(UNKNOWN[subject], `There is no ${subject} ${id}.`);
    }
    return { sentences: [...sentences] };
  },
});
