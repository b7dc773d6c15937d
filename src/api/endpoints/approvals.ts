import { z } from 'zod';
import { actorName } from '../../operations/index.ts';
import { ApiError } from '../api-error.ts';
import { type ApiEndpoint, type Caller, defineApiEndpoint } from '../define-api-endpoint.ts';
import type { ApiPorts } from '../ports.ts';
import { createPresent } from '../present.ts';
import { idText, none, pagedBy, uuidCursor, uuidParams } from '../read-parameters.ts';
import { approval, approvalList, decision } from '../schemas.ts';
import { actorOf } from './operations.ts';

const DECISIONS = {
  approve: { becomes: 'approved', scope: 'approve', summary: 'Agrees, as a second admin.' },
  reject: { becomes: 'rejected', scope: 'approve', summary: 'Does not agree, as a second admin.' },
  withdraw: { becomes: 'withdrawn', scope: 'propose', summary: 'Takes back an own proposal.' },
} as const;
type Verb = keyof typeof DECISIONS;

/** Operations that wait for a second admin, or did. */
export const approvalEndpoints: readonly ApiEndpoint[] = [
  defineApiEndpoint({
    name: 'listApprovals',
    method: 'get',
    path: '/approvals',
    scope: 'read',
    summary: 'Proposals, newest first.',
    params: none,
    query: z.strictObject({
      pending: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
      client: idText.optional(),
      ...pagedBy(uuidCursor),
    }),
    response: approvalList,
    answer: async ({ query: { pending, client, cursor, limit } }, ports) => {
      const filter = {
        ...(pending === undefined ? {} : { pending }),
        ...(client === undefined ? {} : { clientId: client }),
      };
      const listing = await ports.operationsReader.approvals(filter, cursor, limit);
      const present = await createPresent(ports);
      return { approvals: listing.rows.map(present.approval), next: listing.next ?? null };
    },
  }),
  defineApiEndpoint({
    name: 'getApproval',
    method: 'get',
    path: '/approvals/{id}',
    scope: 'read',
    summary: 'A proposal.',
    params: uuidParams,
    query: none,
    response: approval,
    answer: ({ params: { id } }, ports) => find(id, ports),
  }),
  ...(Object.keys(DECISIONS) as Verb[]).map(decide),
];

/** A repeat by the same admin is answered as the first time: the proposal's id makes it happen once. */
function decide(verb: Verb): ApiEndpoint {
  const { becomes, scope, summary } = DECISIONS[verb];
  return defineApiEndpoint({
    name: `${verb}Operation`,
    method: 'post',
    path: `/approvals/{id}/${verb}`,
    scope,
    summary,
    params: uuidParams,
    query: none,
    body: decision,
    response: approval,
    answer: async ({ params: { id }, body: { reason }, caller }, ports) => {
      const asked = { actor: actorOf(caller), reason, at: ports.now() };
      const decided = await ports.operations[verb](id, asked);
      if (decided.outcome === 'approved') ports.onCommands();
      if (decided.outcome !== 'refused') return find(id, ports);
      if (decided.code === 'already-decided') {
        const now = await find(id, ports);
        if (now.state === becomes && now.decidedBy === nameOf(caller)) return now;
      }
      throw new ApiError(decided.code, decided.message);
    },
  });
}

function nameOf(caller: Caller): string {
  return actorName(actorOf(caller));
}

async function find(id: string, ports: ApiPorts): Promise<z.output<typeof approval>> {
  const row = await ports.operationsReader.approval(id);
  if (row === undefined) throw new ApiError('approval-unknown', `There is no proposal ${id}.`);
  return (await createPresent(ports)).approval(row);
}
