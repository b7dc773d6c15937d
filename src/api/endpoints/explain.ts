import { z } from 'zod';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { explainSubject, explainSubjects } from '../explain/explain-subject.ts';
import { none } from '../read-parameters.ts';
import { explanation, sequence } from '../schemas.ts';

const UNKNOWN = {
  entry: 'entry-unknown',
  grant: 'grant-unknown',
  invoice: 'invoice-unknown',
  client: 'client-unknown',
} as const;

/** Why something is as it is, in words. */
export const explain = defineApiEndpoint({
  name: 'explain',
  method: 'get',
  path: '/explain/{subject}/{id}',
  scope: 'read',
  summary:
    'Why an entry, a grant, the credit on an invoice or the balance of a client is as it is.',
  params: z.strictObject({
    subject: z.enum(explainSubjects).describe('What is explained.'),
    id: sequence.describe('Its number.'),
  }),
  query: none,
  response: explanation,
  refuses: Object.values(UNKNOWN),
  cli: [{ name: 'explain', places: ['subject', 'id'], example: 'invoice 812', tell }],
  answer: async ({ params: { subject, id } }, context, refuse) => {
    const passages = await explainSubject(subject, id, context);
    if (passages === undefined) {
      throw refuse(UNKNOWN[subject], `There is no ${subject} ${id}.`);
    }
    return {
      sentences: passages.flatMap(({ sentences }) => sentences),
      passages: passages.map(({ heading, sentences }) => ({ heading, sentences: [...sentences] })),
    };
  },
});

/** What stands under a heading is indented; passages stand apart. */
function tell({ passages }: z.output<typeof explanation>): Told {
  return passages.flatMap(({ heading, sentences }, index) => [
    ...(index > 0 ? [''] : []),
    ...(heading === null ? sentences : [heading, ...sentences.map((one) => `  ${one}`)]),
  ]);
}
