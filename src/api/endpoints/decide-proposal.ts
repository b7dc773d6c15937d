import { z } from 'zod';
import { actorName } from '../../operations/index.ts';
import { AGAINST_OPERATIONS } from '../against-operations.ts';
import { adminOf } from '../api-call.ts';
import { type ApiCode, without } from '../api-error.ts';
import { type ApiEndpoint, defineApiEndpoint } from '../define-api-endpoint.ts';
import { findProposal } from '../find-proposal.ts';
import { none, uuidParams } from '../read-parameters.ts';
import { approval } from '../schemas.ts';

const ANY = [
  'approval-unknown',
  'approval-expired',
  'already-decided',
] as const satisfies readonly ApiCode[];

/** To agree is to do it now, so everything that may stand against that refuses it. */
const APPROVING = [
  ...ANY,
  ...AGAINST_OPERATIONS,
  'own-proposal',
  'own-settings',
  'proposal-unreadable',
  'not-as-it-was',
  'settings-changed',
  'currency-changed',
  'parking-unknown',
  'parking-settled',
  'parking-moving',
  'parking-refunded',
  'figures-moved',
  'entry-gone',
] as const satisfies readonly ApiCode[];

const DECISIONS = {
  approve: {
    becomes: 'approved',
    scope: 'approve',
    summary: 'Agrees, as a second admin.',
    refuses: APPROVING,
  },
  reject: {
    becomes: 'rejected',
    scope: 'approve',
    summary: 'Does not agree, as a second admin.',
    refuses: [...ANY, 'own-proposal'],
  },
  withdraw: {
    becomes: 'withdrawn',
    scope: 'propose',
    summary: 'Takes back an own proposal.',
    refuses: [...ANY, 'not-the-proposer'],
  },
} as const;

/** What a proposal says cannot become wrong by waiting. */
const FIXED = ['expiry-before-start', 'same-client'] as const;

const decision = z.object({
  reason: z.string().trim().max(500).default('').describe('Why; it stays with the proposal.'),
});

const IN_SHELL = {
  name: 'approvals approve',
  places: ['id'],
  example: '01900000-0000-7000-8000-000000000000',
  about: 'Agree to a proposal in the shell of the server, where no other admin may agree.',
  withoutToken: true,
  tell: () => ['Agreed. WHMCS is asked to do it with the next cron call.'],
} as const;

/** The one endpoint for each decision about a proposal. Programs decide here and people on the addon page. */
export const decideProposal: readonly ApiEndpoint[] = (
  ['approve', 'reject', 'withdraw'] as const
).map(decide);

/** A repeat by the same admin is answered as the first time: the proposal's id makes it happen once. */
function decide(verb: keyof typeof DECISIONS): ApiEndpoint {
  const { becomes, scope, summary, refuses } = DECISIONS[verb];
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
    refuses,
    refusesInShell: ['others-may-agree'],
    // A shell agrees only where nobody else may; a token's admin decides like everybody.
    ...(verb === 'approve' && { cli: [IN_SHELL] }),
    answer: async ({ params: { id }, body: { reason }, caller }, context, refuse) => {
      const at = context.now();
      const decided =
        verb === 'approve' && caller.kind === 'cli'
          ? await context.operations.approveInShell(id, { actor: caller, reason, at })
          : await context.operations[verb](id, { actor: adminOf({ caller }), reason, at });
      if (decided.outcome === 'approved') context.onCommands();
      if (decided.outcome !== 'refused') return findProposal(context.db, id, refuse);
      if (decided.code === 'already-decided') {
        const now = await findProposal(context.db, id, refuse);
        if (now.state === becomes && now.decidedBy === actorName(caller)) return now;
      }
      const { code, message } = without(decided, FIXED);
      throw refuse(code, message);
    },
  });
}
