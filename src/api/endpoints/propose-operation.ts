import { z } from 'zod';
import { findGrant } from '../../books/index.ts';
import {
  addOperation,
  deductOperation,
  type ManualOperation,
  parkOperation,
  reclaimOperation,
  returnOperation,
  revokeOperation,
  transferOperation,
} from '../../operations/index.ts';
import { AGAINST_OPERATIONS } from '../against-operations.ts';
import { adminOf } from '../api-call.ts';
import { type Refuse, without } from '../api-error.ts';
import type { CliForm, Told } from '../cli-form.ts';
import type { ApiContext } from '../context.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { type OperationState, stateOf } from '../operation-state.ts';
import { none } from '../read-parameters.ts';
import { operationState, reason } from '../schemas.ts';

const owner = revokeOperation.shape.clientId
  .exactOptional()
  .describe('Whose grant it is; may be left out.');
const revoke = revokeOperation.extend({ clientId: owner });
const reclaim = reclaimOperation.extend({ clientId: owner });
const park = parkOperation.extend({ clientId: owner });
const operation = z.discriminatedUnion('kind', [
  addOperation,
  deductOperation,
  transferOperation,
  revoke,
  reclaim,
  returnOperation,
  park,
]);

export const proposeOperation = defineApiEndpoint({
  name: 'proposeOperation',
  method: 'post',
  path: '/operations',
  scope: 'propose',
  summary:
    'Gives, takes, moves, returns, revokes or parks credit, or proposes it to a second admin.',
  params: none,
  query: none,
  body: z.object({ operation, reason }),
  response: operationState,
  status: 202,
  takesIdempotencyKey: true,
  refuses: [...AGAINST_OPERATIONS, 'expiry-before-start', 'same-client'],
  refusesInShell: ['id-reused'],
  cli: [
    command('add', {
      about: 'Give a client credit.',
      places: ['clientId', 'amount'],
      options: { grantKind: { name: 'kind', otherwise: 'promotional' } },
      example: '42 25.00 --expires 2027-03-31 --reason "Outage of 3 March"',
    }),
    command('deduct', {
      about: 'Take credit from a client.',
      places: ['clientId', 'amount'],
      example: '42 5.00 --reason "Credited twice on 2 March"',
    }),
    command('transfer', {
      about: 'Move credit to another client with the same currency.',
      places: ['clientId', 'toClientId', 'amount'],
      options: {
        clientId: { name: 'from', about: 'Number of the client who has it.' },
        toClientId: { name: 'to' },
        grantKind: { name: 'kind' },
      },
      example: '42 43 10.00 --reason "Moved to the new account"',
    }),
    command('return', {
      about: 'Give a client back the credit that an invoice has.',
      places: ['clientId', 'invoiceId', 'amount'],
      example: '42 1203 10.00 --reason "Cancelled by mistake"',
    }),
    command('revoke', {
      about: 'Take back what is left of one grant.',
      places: ['grantId'],
      example: '1817 --reason "Bonus given by mistake"',
    }),
    command('reclaim', {
      about: 'Take back the part of a grant whose payment was refunded.',
      places: ['grantId'],
      example: '1817 --reason "The second payment was refunded"',
    }),
    command('park', {
      about: 'Take credit of one grant off the balance until somebody decides.',
      places: ['grantId'],
      example: '1817 --amount 20.00 --reason "The bank looks into it"',
    }),
  ],
  answer: async ({ body, caller, id }, context, refuse) => {
    const wish = await whole(body.operation, context, refuse);
    const proposed = await context.operations.propose(wish, {
      actor: adminOf({ caller }),
      reason: body.reason,
      at: context.now(),
      id,
    });
    if (proposed.outcome === 'refused') {
      const { code, message } = without(proposed, ['reason-missing']);
      throw refuse(code, message);
    }
    if (proposed.outcome === 'commanded') context.onCommands();
    const state = await stateOf(context, id);
    if (state === undefined) {
      throw new TypeError(`Operation ${id} was proposed and cannot be found.`);
    }
    return proposed.outcome === 'waits-for-approval'
      ? { ...state, because: proposed.because }
      : state;
  },
});

function command(
  kind: ManualOperation['kind'],
  form: Pick<CliForm<OperationState>, 'about' | 'places' | 'options' | 'example'>,
): CliForm<OperationState> {
  return { ...form, name: `credit ${kind}`, variant: { operation: kind }, tell };
}

/** A grant says whose it is. */
async function whole(
  one: z.output<typeof operation>,
  { db }: ApiContext,
  refuse: Refuse<'grant-unknown'>,
): Promise<ManualOperation> {
  if (one.kind !== 'revoke' && one.kind !== 'reclaim' && one.kind !== 'park') return one;
  const { clientId } = one;
  if (clientId !== undefined) return { ...one, clientId };
  const detail = await findGrant(db, BigInt(one.grantId));
  if (detail === undefined) {
    throw refuse('grant-unknown', `There is no grant ${one.grantId}.`);
  }
  return { ...one, clientId: detail.grant.clientId };
}

function tell({ id, state, because, expiresAt, notedLimits }: OperationState): Told {
  if (state !== 'waits-for-approval') {
    return [
      `WHMCS is asked for it as operation ${id}. The page of the client says what became of it.`,
      ...notedLimits,
    ];
  }
  const until = expiresAt?.slice(0, 16).replace('T', ' ');
  const why = because === null ? '' : `${because} So `;
  return [
    `${why}operation ${id} waits until ${until} UTC for another admin to approve it on the addon page, under Approvals. What it takes is held meanwhile.`,
    ...notedLimits,
  ];
}
