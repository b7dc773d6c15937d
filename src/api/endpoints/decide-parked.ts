import { z } from 'zod';
import { findParking } from '../../parking/index.ts';
import { adminOf } from '../api-call.ts';
import { type ApiCode, without } from '../api-error.ts';
import type { Told } from '../cli-form.ts';
import { type ApiEndpoint, defineApiEndpoint } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { none } from '../read-parameters.ts';
import { parkedDecision, reason } from '../schemas.ts';

const EITHER = [
  'parking-unknown',
  'parking-settled',
  'parking-moving',
  'not-paired',
  'halted',
  'frozen',
] as const satisfies readonly ApiCode[];

const DECISIONS = {
  unpark: {
    name: 'giveBackParked',
    refuses: [
      ...EITHER,
      'client-unknown',
      'client-closed',
      'client-frozen',
      'parking-refunded',
      'currency-changed',
      'amount-too-large',
    ],
    path: '/parked/{id}/give-back',
    cli: 'parked give-back',
    summary: 'Gives parked credit back, with its kind and last day.',
    about: 'Give parked credit back, with its kind and last day.',
    example: '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d --reason "The money came"',
  },
  keep: {
    name: 'keepParked',
    refuses: EITHER,
    path: '/parked/{id}/keep',
    cli: 'parked keep',
    summary: 'Keeps parked credit: it does not come back.',
    about: 'Keep parked credit: it does not come back.',
    example: '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d --reason "Booked in pesos"',
  },
} as const;

/** A decision about parked credit. Above the approval amount it waits for a second admin, like every operation. */
export const decideParked: readonly ApiEndpoint[] = (['unpark', 'keep'] as const).map(decide);

function decide(kind: keyof typeof DECISIONS): ApiEndpoint {
  const { name, path, cli, summary, about, example, refuses } = DECISIONS[kind];
  return defineApiEndpoint({
    name,
    method: 'post',
    path,
    scope: 'propose',
    summary,
    params: z.strictObject({
      id: z
        .guid('The id of parked credit is wanted.')
        .describe('Its id, as the list of parked credit has it.'),
    }),
    query: none,
    body: z.strictObject({ reason }),
    response: parkedDecision,
    status: 202,
    takesIdempotencyKey: true,
    refuses,
    refusesInShell: ['id-reused'],
    cli: [{ name: cli, about, places: ['id'], example, tell }],
    answer: async ({ params, body, caller, id }, { db, operations, now, onCommands }, refuse) => {
      const parking = params.id.toLowerCase();
      const known = await findParking(db, parking);
      if (known === undefined) {
        throw refuse('parking-unknown', `There is no parked credit ${params.id}.`);
      }
      const proposed = await operations.propose(
        { kind, clientId: known.clientId, parking },
        { actor: adminOf({ caller }), reason: body.reason, at: now(), id },
      );
      if (proposed.outcome === 'refused') {
        const { code, message } = without(proposed, ['reason-missing']);
        throw refuse(code, message);
      }
      if (proposed.outcome === 'commanded') onCommands();
      const waits = proposed.outcome === 'waits-for-approval';
      const present = await createPresent(db);
      return {
        operation: id,
        because: waits ? proposed.because : null,
        parked: present.parked((await findParking(db, parking)) ?? known),
      };
    },
  });
}

function tell({ because, operation, parked }: z.output<typeof parkedDecision>): Told {
  if (because !== null) {
    return [`${because} So operation ${operation} waits for another admin to approve it.`];
  }
  const amount = `${parked.amount} ${parked.currency.code}`;
  return [
    parked.state === 'kept'
      ? `${amount} of client #${parked.clientId} does not come back.`
      : `${amount} goes back to client #${parked.clientId}.`,
  ];
}
