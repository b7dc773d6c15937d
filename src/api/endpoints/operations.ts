import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { operationFact, type Proposed } from '../../operations/index.ts';
import { ApiError } from '../api-error.ts';
import { type ApiEndpoint, type Caller, defineApiEndpoint } from '../define-api-endpoint.ts';
import type { ApiPorts } from '../ports.ts';
import { none, uuidParams } from '../read-parameters.ts';
import { operationState, proposal } from '../schemas.ts';

type OperationState = z.output<typeof operationState>;

/** Credit given, taken, moved or revoked by hand. */
export const operationEndpoints: readonly ApiEndpoint[] = [
  defineApiEndpoint({
    name: 'proposeOperation',
    method: 'post',
    path: '/operations',
    scope: 'propose',
    summary: 'Gives, takes, moves or revokes credit, or proposes it to a second admin.',
    params: none,
    query: none,
    body: proposal,
    response: operationState,
    status: 202,
    takesIdempotencyKey: true,
    answer: async ({ body, caller, idempotencyKey }, ports) => {
      const request = {
        adminId: caller.adminId,
        key: idempotencyKey,
        sha256: createHash('sha256').update(JSON.stringify(body)).digest(),
      };
      const at = ports.now();
      const begun = await ports.requests.begin({ ...request, operationId: ports.newId(), at });
      if (begun.outcome === 'answered') return operationState.parse(JSON.parse(begun.answer));
      if (begun.outcome === 'other') {
        throw new ApiError(
          'idempotency-key-reused',
          'Something else was asked under this Idempotency-Key. Make a new key for each wish.',
        );
      }
      const proposed = await ports.operations.propose(body.operation, {
        actor: { kind: 'admin', adminId: caller.adminId },
        reason: body.reason,
        at,
        id: begun.operationId,
      });
      const answer = await stateAfter(proposed, begun.operationId, ports);
      const kept = await ports.requests.finish(request, JSON.stringify(answer));
      return operationState.parse(JSON.parse(kept));
    },
  }),
  defineApiEndpoint({
    name: 'getOperation',
    method: 'get',
    path: '/operations/{id}',
    scope: 'read',
    summary: 'What became of an operation.',
    params: uuidParams,
    query: none,
    response: operationState,
    answer: async ({ params: { id } }, ports) => {
      const state = await stateOf(id, ports);
      if (state === undefined) {
        throw new ApiError('operation-unknown', `There is no operation ${id}.`);
      }
      return state;
    },
  }),
];

async function stateAfter(
  proposed: Proposed,
  id: string,
  ports: ApiPorts,
): Promise<OperationState> {
  if (proposed.outcome === 'refused') throw new ApiError(proposed.code, proposed.message);
  if (proposed.outcome === 'commanded') ports.onCommands();
  const state = await stateOf(id, ports);
  if (state === undefined) throw new TypeError(`Operation ${id} was proposed and cannot be found.`);
  return proposed.outcome === 'waits-for-approval'
    ? { ...state, because: proposed.because }
    : state;
}

/** Undefined when nobody ever asked for it. */
async function stateOf(
  id: string,
  { operationsReader, commandsOf }: ApiPorts,
): Promise<OperationState | undefined> {
  const facts = [operationFact(id), operationFact(id, 'to'), operationFact(id, 'back')];
  const [approval, commands] = await Promise.all([
    operationsReader.approval(id),
    commandsOf(facts),
  ]);
  if (approval === undefined && commands.length === 0) return undefined;
  const waits = approval?.state === 'pending';
  const ended = (['rejected', 'withdrawn', 'expired'] as const).find(
    (state) => state === approval?.state,
  );
  return {
    id,
    state: waits ? 'waits-for-approval' : (ended ?? 'commanded'),
    because: null,
    expiresAt: waits ? approval.expiresAt.toISOString() : null,
    commands: [...commands],
  };
}

/** Who acts: the admin who made the token. */
export function actorOf({ adminId }: Caller) {
  return { kind: 'admin', adminId } as const;
}
