import { actorName } from './actor.ts';
import { readAmounts } from './change-amounts.ts';
import { clientsOf, type RepairOperation } from './operation.ts';
import { planOperation } from './plan-operation.ts';
import type { Approval, OperationsPage } from './ports.ts';
import { type Asking, situationOf, whyNothingActs } from './propose.ts';
import { type Refused, refused, Undone } from './refusal.ts';
import { noteRepair } from './repair-ledger.ts';
import type { ShowAmount } from './show-amount.ts';

export type Decided =
  | { readonly outcome: 'approved'; readonly id: string; readonly facts: readonly string[] }
  | { readonly outcome: 'rejected' | 'withdrawn'; readonly id: string }
  | Refused;

/**
 * A second admin agrees: everything is checked again on how things stand now, and the commands are written. What was refused
 * stays pending, so that it can be approved once its obstacle is gone.
 */
export async function approve(
  page: OperationsPage,
  id: string,
  asking: Asking,
  show: ShowAmount,
): Promise<Decided> {
  const approval = await page.approval(id);
  const wrong = whyNotDecide(approval, asking) ?? whyNotSecond(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  const { operation: one, proposedBy, reason, holdHundredths, amountHundredths } = approval;
  await page.lockClients(clientsOf(one));
  if (one.kind === 'accept' || one.kind === 'explain') {
    return approveRepair(page, approval, one, asking);
  }
  const standing = await page.installation();
  const halted = whyNothingActs(standing);
  if (halted !== undefined) return halted;
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at: asking.at } as const;

  if (one.kind === 'threshold') {
    await page.approvalAmounts(true);
    if (await page.approvalAmountsChangedSince(approval.proposedAt)) {
      return refused(
        'settings-changed',
        'The approval amounts were changed after this was proposed. Reject it, and propose what is wanted now.',
      );
    }
    if (!(await page.decideApproval(id, decision))) return decidedAlready();
    await page.saveApprovalAmounts(readAmounts(one), { by: proposedBy, reason, at: asking.at });
    await note(page, approval, 'approve', asking);
    return { outcome: 'approved', id, facts: [] };
  }

  const approved = { id, amountHundredths };
  const situation = await situationOf(page, one, standing, proposedBy, asking.at, approved, show);
  const plan = planOperation(one, situation, { id, actor: proposedBy, reason });
  if (plan.outcome === 'refused') return plan;
  if (plan.currencyId !== approval.currencyId) {
    return refused(
      'currency-changed',
      `Client #${approval.clientId} has another currency than when this was proposed, so the amount means something else. Reject it, and propose it anew.`,
    );
  }
  if (plan.amountHundredths > amountHundredths || plan.holdHundredths > holdHundredths) {
    throw new RangeError(`Operation ${id} would move more than was approved.`);
  }
  if (!(await page.decideApproval(id, decision))) return decidedAlready();
  await page.writeCommands(plan.commands, asking.at);
  await note(page, approval, 'approve', asking);
  return { outcome: 'approved', id, facts: plan.commands.map(({ fact }) => fact) };
}

/** What the proposer said is written, on how the ledger stands now. @throws {Undone} when it cannot be, so that it stays pending */
async function approveRepair(
  page: OperationsPage,
  approval: Approval,
  one: RepairOperation,
  asking: Asking,
): Promise<Decided> {
  const { id, proposedBy, reason } = approval;
  const { at } = asking;
  const by = actorName(asking.actor);
  const decision = { state: 'approved', by, reason: asking.reason.trim(), at } as const;
  if (!(await page.decideApproval(id, decision))) return decidedAlready();
  const adminId = Number(proposedBy.slice('admin:'.length));
  const wrong = await page.repair(one, { adminId, reason, at });
  if (wrong !== undefined) throw new Undone(wrong);
  await note(page, approval, 'approve', asking);
  await noteRepair(page, one, proposedBy, { reason, at });
  return { outcome: 'approved', id, facts: [] };
}

/** A second admin does not agree; what was held is free again. */
export async function reject(page: OperationsPage, id: string, asking: Asking): Promise<Decided> {
  const approval = await page.approval(id);
  const wrong = whyNotDecide(approval, asking) ?? whyNotSecond(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  return end(page, approval, 'rejected', asking);
}

/** The proposer takes it back. */
export async function withdraw(page: OperationsPage, id: string, asking: Asking): Promise<Decided> {
  const approval = await page.approval(id);
  const wrong = whyNotDecide(approval, asking);
  if (approval === undefined || wrong !== undefined) return wrong ?? unknownApproval(id);
  if (approval.proposedBy !== actorName(asking.actor)) {
    return refused('not-the-proposer', 'Only who proposed it takes it back; others reject it.');
  }
  return end(page, approval, 'withdrawn', asking);
}

async function end(
  page: OperationsPage,
  approval: Approval,
  state: 'rejected' | 'withdrawn',
  asking: Asking,
): Promise<Decided> {
  await page.lockClients(clientsOf(approval.operation));
  const by = actorName(asking.actor);
  const decision = { state, by, reason: asking.reason.trim(), at: asking.at };
  if (!(await page.decideApproval(approval.id, decision))) return decidedAlready();
  await note(page, approval, state === 'rejected' ? 'reject' : 'withdraw', asking);
  return { outcome: state, id: approval.id };
}

function whyNotDecide(approval: Approval | undefined, { at }: Asking): Refused | undefined {
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
function whyNotSecond(approval: Approval | undefined, { actor }: Asking): Refused | undefined {
  return approval?.proposedBy === actorName(actor)
    ? refused(
        'own-proposal',
        'You proposed it, so another admin has to decide. You can withdraw it.',
      )
    : undefined;
}

function decidedAlready(): Refused {
  return refused('already-decided', 'Somebody decided about it already.');
}

function unknownApproval(id: string): Refused {
  return refused('approval-unknown', `There is no proposal ${id}.`);
}

async function note(
  page: OperationsPage,
  { id, clientId, operation, proposedBy }: Approval,
  act: 'approve' | 'reject' | 'withdraw',
  { actor, reason, at }: Asking,
): Promise<void> {
  await page.audit({
    actor: actorName(actor),
    act: `operation-${act}`,
    target: clientId === 0 ? 'approval-amounts' : `client:${clientId}`,
    details: { id, operation, proposedBy, reason: reason.trim() },
    at,
  });
}
