import { z } from 'zod';
import { actorName } from '../../operations/index.ts';
import { adminOf } from '../api-call.ts';
import { ApiError } from '../api-error.ts';
import { type ApiEndpoint, defineApiEndpoint } from '../define-api-endpoint.ts';
import { findProposal } from '../find-proposal.ts';
import { none, uuidParams } from '../read-parameters.ts';
import { approval } from '../schemas.ts';

const DECISIONS = {
  approve: { becomes: 'approved', scope: 'approve', summary: 'Agrees, as a second admin.' },
  reject: { becomes: 'rejected', scope: 'approve', summary: 'Does not agree, as a second admin.' },
  withdraw: { becomes: 'withdrawn', scope: 'propose', summary: 'Takes back an own proposal.' },
} as const;

const decision = z.object({ reason: z.string().trim().max(500).default('') });

const IN_SHELL = {
  name: 'approvals approve',
  places: ['id'],
  example: '01900000-0000-7000-8000-000000000000',
  about: 'Agrees to a proposal in the shell of the server, where no other admin may agree.',
  withoutToken: true,
  tell: () => ['Agreed. WHMCS is asked to do it with the next cron call.'],
} as const;

/** The one endpoint for each decision about a proposal. Programs decide here and people on the addon page. */
export const decideProposal: readonly ApiEndpoint[] = (
  ['approve', 'reject', 'withdraw'] as const
).map(decide);

/** A repeat by the same admin is answered as the first time: the proposal's id makes it happen once. */
function decide(verb: keyof typeof DECISIONS): ApiEndpoint {
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
    // A shell agrees only where nobody else may; a token's admin decides like everybody.
    ...(verb === 'approve' && { cli: [IN_SHELL] }),
    answer: async ({ params: { id }, body: { reason }, caller }, context) => {
      const at = context.now();
      const decided =
        verb === 'approve' && caller.kind === 'cli'
          ? await context.operations.approveInShell(id, { actor: caller, reason, at })
          : await context.operations[verb](id, { actor: adminOf({ caller }), reason, at });
      if (decided.outcome === 'approved') context.onCommands();
      if (decided.outcome !== 'refused') return findProposal(context.db, id);
      if (decided.code === 'already-decided') {
        const now = await findProposal(context.db, id);
        if (now.state === becomes && now.decidedBy === actorName(caller)) return now;
      }
      throw new ApiError(decided.code, decided.message);
    },
  });
}
