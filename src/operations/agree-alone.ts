import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { Actor } from './actor.ts';
import { findApproval } from './approvals.ts';
import type { Asking, Tools } from './asking.ts';
import { soleAdmin } from './credit-admins.ts';
import { approve, type Decided } from './decide.ts';
import { ALONE_HOURS } from './limits.ts';
import { type NotApproved, refused } from './refusal.ts';

const ITSELF: Actor = { kind: 'service', part: 'sole-admin' };

/**
 * Agrees to a proposal of the only admin who may agree, after a day in which the mail about it could be read. A provider with
 * one admin is not locked out, and whoever got that admin's password had to wait.
 */
export async function agreeAlone(
  trx: Transaction<Database>,
  id: string,
  at: Date,
  tools: Tools,
): Promise<Decided<NotApproved | 'others-may-agree'>> {
  const approval = await findApproval(trx, id);
  if (approval === undefined || approval.proposedBy !== (await soleAdmin(trx))) return notAlone;
  const reason = `Nobody else may agree, and ${ALONE_HOURS} hours are over.`;
  return approve(trx, id, { actor: ITSELF, reason, at }, tools);
}

/** Who has the shell of the server is somebody beside the admin's browser. Where others may agree, they do. */
export async function agreeInShell(
  trx: Transaction<Database>,
  id: string,
  asking: Asking<Actor>,
  tools: Tools,
): Promise<Decided<NotApproved | 'others-may-agree'>> {
  const approval = await findApproval(trx, id);
  if (approval === undefined) return approve(trx, id, asking, tools);
  const only = await soleAdmin(trx);
  // What a rule proposed has no proposer who would have to wait.
  const isAlone = only !== null && (approval.fact !== null || approval.proposedBy === only);
  return isAlone ? approve(trx, id, asking, tools) : notAlone;
}

const notAlone = refused(
  'others-may-agree',
  'Another admin may agree, on the addon page or with a token. A shell agrees only where nobody else may.',
);
