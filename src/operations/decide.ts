import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { type EffectOperation, forgetNotedLimits, lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { type Actor, actorName } from './actor.ts';
import { agreeToEffect } from './agree-to-effect.ts';
import {
  approvalAmountsChangedSince,
  readApprovalAmounts,
  saveApprovalAmounts,
} from './approval-amounts.ts';
import { type Approval, decideApproval, findApproval } from './approvals.ts';
import type { Asking, Tools } from './asking.ts';
import { carryOut } from './carry-out.ts';
import { readAmounts } from './change-amounts.ts';
import { applyAgreed, targetOf } from './change-rule.ts';
import { readInstallation, whyNothingActs } from './installation.ts';
import { noteLimits } from './note-limits.ts';
import { clientsOf, type RepairOperation, type RuleOperation } from './operation.ts';
import { planOperation } from './plan-operation.ts';
import { readSituation } from './read-situation.ts';
import {
  currencyChanged,
  type NotApproved,
  type NotDecided,
  type RefusalCode,
  type Refused,
  refused,
  Undone,
} from './refusal.ts';
import { repair } from './repair.ts';
import { noteRepair } from './repair-ledger.ts';

export type Decided<Code extends RefusalCode = RefusalCode> =
  | { readonly outcome: 'approved'; readonly id: string; readonly facts: readonly string[] }
  | { readonly outcome: 'rejected' | 'withdrawn'; readonly id: string }
  | Refused<Code>;

/**
 * A second admin agrees: everything is checked again on how things stand now, and the commands are written. What was refused
 * stays pending, so that it can be approved once its obstacle is gone.
 */
export async function approve(
  trx: Transaction<Database>,
  id: string,
  asking: Asking<Actor>,
  tools: Tools,
): Promise<Decided<NotApproved>> {
  const { newId, show, askLimits } = tools;
  const approval = await findApproval(trx, id);
  const wrong = whyNotDecide(approval, asking) ?? whyNotSecond(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  const { operation: one, proposedBy, reason, holdHundredths, amountHundredths } = approval;
  if (one === null) {
    return refused(
      'proposal-unreadable',
      `What proposal ${id} asks for cannot be read, because no version of Credit Bridge wrote it. Reject it, and propose anew what is wanted.`,
    );
  }
  const locked = await lockClients(trx, clientsOf(one));
  if (one.kind === 'accept' || one.kind === 'explain') {
    return approveRepair(trx, approval, one, asking, newId);
  }
  if (one.kind === 'rule') return approveRule(trx, approval, one, asking, tools);
  const standing = await readInstallation(trx);
  const halted = whyNothingActs(standing);
  if (halted !== undefined) return halted;
  if (one.kind === 'effect') return approveEffect(trx, approval, one, asking, tools);
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at: asking.at } as const;

  if (one.kind === 'threshold') {
    await readApprovalAmounts(trx, { forChange: true });
    if (await approvalAmountsChangedSince(trx, approval.proposedAt)) {
      return refused(
        'settings-changed',
        'The approval amounts were changed after this was proposed. Reject it, and propose what is wanted now.',
      );
    }
    if (!(await decideApproval(trx, id, decision))) return decidedAlready();
    await saveApprovalAmounts(trx, readAmounts(one), { by: proposedBy, reason, at: asking.at });
    await note(trx, approval, 'approve', asking, newId);
    return { outcome: 'approved', id, facts: [] };
  }

  const approved = { id, amountHundredths };
  const situation = await readSituation(trx, one, standing, approved, show);
  const asker = { id, actor: proposedBy, reason };
  const plan = planOperation(one, situation, asker);
  if (plan.outcome === 'refused') return plan;
  if (plan.currencyId !== approval.currencyId) {
    return currencyChanged(approval.clientId);
  }
  if (plan.amountHundredths > amountHundredths || plan.holdHundredths > holdHundredths) {
    throw new RangeError(`Operation ${id} would move more than was approved.`);
  }
  if (!(await decideApproval(trx, id, decision))) return decidedAlready();
  await forgetNotedLimits(trx, id);
  await noteLimits(trx, plan.commands, asker, standing, { at: asking.at, askLimits });
  const adminId = adminIn(proposedBy);
  const carrying = { locked, asker, adminId, at: asking.at, newId };
  const facts = await carryOut(trx, one, plan, situation, carrying);
  await note(trx, approval, 'approve', asking, newId);
  return { outcome: 'approved', id, facts };
}

/** What the proposer said is written, on how the ledger stands now. @throws {Undone} when it cannot be, so that it stays pending */
async function approveRepair(
  trx: Transaction<Database>,
  approval: Approval,
  one: RepairOperation,
  asking: Asking<Actor>,
  newId: () => string,
): Promise<Decided<NotApproved>> {
  const { id, proposedBy, reason } = approval;
  const { at } = asking;
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at } as const;
  if (!(await decideApproval(trx, id, decision))) return decidedAlready();
  const adminId = adminIn(proposedBy);
  const wrong = await repair(trx, one, { adminId, reason, at });
  if (wrong !== undefined) throw new Undone<NotApproved>(wrong);
  await note(trx, approval, 'approve', asking, newId);
  await noteRepair(trx, one, proposedBy, { reason, at }, newId);
  return { outcome: 'approved', id, facts: [] };
}

/** The settings of a rule that two agreed to. @throws {Undone} when they were changed meanwhile, so that it stays pending */
async function approveRule(
  trx: Transaction<Database>,
  approval: Approval,
  one: RuleOperation,
  asking: Asking<Actor>,
  tools: Tools,
): Promise<Decided<NotApproved>> {
  const { id, proposedBy, reason } = approval;
  const { at } = asking;
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at } as const;
  if (!(await decideApproval(trx, id, decision))) return decidedAlready();
  const wrong = await applyAgreed(trx, one, { by: proposedBy, reason, at }, tools);
  if (wrong !== undefined) throw new Undone<NotApproved>(wrong);
  await note(trx, approval, 'approve', asking, tools.newId);
  return { outcome: 'approved', id, facts: [] };
}

/** What a rule proposed. @throws {Undone} when it cannot be done now, so that it stays pending */
async function approveEffect(
  trx: Transaction<Database>,
  approval: Approval,
  one: EffectOperation,
  asking: Asking<Actor>,
  tools: Tools,
): Promise<Decided<NotApproved>> {
  const { id } = approval;
  const { at } = asking;
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at } as const;
  if (!(await decideApproval(trx, id, decision))) return decidedAlready();
  const done = await agreeToEffect(trx, approval, one, asking, tools);
  if ('outcome' in done) throw new Undone<NotApproved>(done);
  await note(trx, approval, 'approve', asking, tools.newId);
  return { outcome: 'approved', id, facts: done };
}

/** An admin proposed it. */
function adminIn(proposedBy: string): number {
  return Number(proposedBy.slice('admin:'.length));
}

/** A second admin does not agree; what was held is free again. */
export async function reject(
  trx: Transaction<Database>,
  id: string,
  asking: Asking,
  newId: () => string,
): Promise<Decided<NotDecided | 'own-proposal'>> {
  const approval = await findApproval(trx, id);
  const wrong = whyNotDecide(approval, asking) ?? whyNotSecond(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  return end(trx, approval, 'rejected', asking, newId);
}

/** The proposer takes it back. */
export async function withdraw(
  trx: Transaction<Database>,
  id: string,
  asking: Asking,
  newId: () => string,
): Promise<Decided<NotDecided | 'not-the-proposer'>> {
  const approval = await findApproval(trx, id);
  const wrong = whyNotDecide(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  if (approval.proposedBy !== actorName(asking.actor)) {
    return refused('not-the-proposer', 'Only who proposed it takes it back; others reject it.');
  }
  return end(trx, approval, 'withdrawn', asking, newId);
}

async function end(
  trx: Transaction<Database>,
  approval: Approval,
  state: 'rejected' | 'withdrawn',
  asking: Asking,
  newId: () => string,
): Promise<Decided<'already-decided'>> {
  const { operation: one, clientId } = approval;
  const clientIds = one === null ? [clientId].filter((client) => client > 0) : clientsOf(one);
  await lockClients(trx, clientIds);
  const by = actorName(asking.actor);
  const decision = { state, by, reason: asking.reason.trim(), at: asking.at };
  if (!(await decideApproval(trx, approval.id, decision))) return decidedAlready();
  await note(trx, approval, state === 'rejected' ? 'reject' : 'withdraw', asking, newId);
  return { outcome: state, id: approval.id };
}

function whyNotDecide(
  approval: Approval | undefined,
  { at }: Asking<Actor>,
): Refused<'approval-expired' | 'already-decided'> | undefined {
  if (approval === undefined) return undefined;
  if (approval.state === 'expired' || (approval.state === 'pending' && approval.expiresAt <= at)) {
    return refused(
      'approval-expired',
      'This proposal is too old; what it was about may have changed. Propose it anew.',
    );
  }
  return approval.state === 'pending' ? undefined : decidedAlready();
}

/** Whoever decides is not the one who proposed: by identity, whichever way either came. */
function whyNotSecond(
  approval: Approval | undefined,
  { actor }: Asking<Actor>,
): Refused<'own-proposal'> | undefined {
  return approval?.proposedBy === actorName(actor)
    ? refused(
        'own-proposal',
        'You proposed it, so another admin has to decide. You can withdraw it.',
      )
    : undefined;
}

function decidedAlready(): Refused<'already-decided'> {
  return refused('already-decided', 'Somebody decided about it already.');
}

function unknownApproval(id: string): Refused<'approval-unknown'> {
  return refused('approval-unknown', `There is no proposal ${id}.`);
}

async function note(
  trx: Transaction<Database>,
  { id, clientId, operation, proposedBy }: Approval,
  act: 'approve' | 'reject' | 'withdraw',
  { actor, reason, at }: Asking<Actor>,
  newId: () => string,
): Promise<void> {
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(actor),
    act: `operation-${act}`,
    target:
      operation?.kind === 'rule'
        ? targetOf(operation)
        : clientId === 0
          ? 'approval-amounts'
          : `client:${clientId}`,
    details: { id, operation, proposedBy, reason: reason.trim() },
    at,
  });
}
