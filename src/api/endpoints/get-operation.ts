import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { type OperationState, stateOf } from '../operation-state.ts';
import { none, uuidParams } from '../read-parameters.ts';
import { operationState } from '../schemas.ts';

export const getOperation = defineApiEndpoint({
  name: 'getOperation',
  method: 'get',
  path: '/operations/{id}',
  scope: 'read',
  summary: 'What became of an operation.',
  params: uuidParams,
  query: none,
  response: operationState,
  refuses: ['operation-unknown'],
  cli: [
    {
      name: 'credit status',
      places: ['id'],
      example: '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d',
      tell,
    },
  ],
  answer: async ({ params: { id } }, context, refuse) => {
    const state = await stateOf(context, id);
    if (state === undefined) {
      throw refuse('operation-unknown', `There is no operation ${id}.`);
    }
    return state;
  },
});

/** What rules said about it stands below as sentences. */
function tell({ notedLimits, commands, ...single }: OperationState): Told {
  return [
    { head: [], rows: Object.entries(single).map(([name, value]) => [name, value ?? '–']) },
    'commands:',
    {
      head: ['id', 'fact', 'state', 'reason'],
      rows: commands.map((one) => [one.id, one.fact, one.state, one.reason]),
    },
    ...notedLimits,
  ];
}
