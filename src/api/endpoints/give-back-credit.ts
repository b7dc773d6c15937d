import { z } from 'zod';
import { giveBackExpired } from '../../operations/index.ts';
import { adminOf } from '../api-call.ts';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { none } from '../read-parameters.ts';
import { answers, day, reason, rowId } from '../schemas.ts';

const givenBack = z
  .object({
    commanded: z.int().describe('Removals that WHMCS is asked to give back.'),
    waiting: z.int().describe('Those that wait for a second admin.'),
    known: z.int().describe('Those for which this was asked before.'),
    refused: z.array(z.object({ clientId: rowId, message: z.string() })),
  })
  .register(answers, { id: 'GivenBack' });

/** A repeat does nothing twice: each removal is an operation under the id of the command that removed it. */
export const giveBackCredit = defineApiEndpoint({
  name: 'giveBackCredit',
  method: 'post',
  path: '/give-backs',
  scope: 'propose',
  summary: 'Gives back what was taken as expired on a day although its last day is not over.',
  params: none,
  query: none,
  body: z.strictObject({
    day: day.describe("As WHMCS's credit log has it, YYYY-MM-DD."),
    reason,
  }),
  response: givenBack,
  cli: [
    {
      name: 'credit give-back',
      about: 'Give back what was taken as expired on a day although its last day is not over.',
      places: ['day'],
      example: '2026-11-28 --reason "The clock was a year ahead"',
      tell,
      isProblem: ({ refused }) => refused.length > 0,
    },
  ],
  answer: async ({ body, caller }, { db, operations, now, onCommands }) => {
    const asked = { actor: adminOf({ caller }), reason: body.reason, at: now() };
    const given = await giveBackExpired(db, operations, body.day, asked);
    if (given.commanded > 0) onCommands();
    return { ...given, refused: [...given.refused] };
  },
});

function tell({ commanded, waiting, known, refused }: z.output<typeof givenBack>): Told {
  return [
    `Removals that WHMCS is asked to give back: ${commanded}. That wait for a second admin: ${waiting}. Asked for before: ${known}.`,
    ...refused.map(({ clientId, message }) => `Not given back to client #${clientId}: ${message}`),
  ];
}
