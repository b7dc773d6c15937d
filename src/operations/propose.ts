import { type Actor, type Admin, actorName } from './actor.ts';
import { changeAmounts } from './change-amounts.ts';
import { approvalEnd, REASON_MAX_CHARACTERS, sinceSplit } from './limits.ts';
import { type CreditOperation, clientsOf, type Operation } from './operation.ts';
import type { Situation } from './plan.ts';
import { planOperation } from './plan-operation.ts';
import type { InstallationStanding, OperationsPage } from './ports.ts';
import { type Refused, refused } from './refusal.ts';
import { repairLedger } from './repair-ledger.ts';
import type { ShowAmount } from './show-amount.ts';
import { whySecond } from './why-second.ts';

/** Who asks for something, why, and when. */
export interface Asking<Who extends Actor = Admin> {
  readonly actor: Who;
  readonly reason: string;
  readonly at: Date;
}

export type Proposed =
  /** WHMCS is asked for it; its commands say what became of it. */
  | { readonly outcome: 'commanded'; readonly id: string; readonly facts: readonly string[] }
  /** A second admin has to agree; what it takes is held meanwhile. */
  | {
      readonly outcome: 'waits-for-approval';
      readonly id: string;
      readonly expiresAt: Date;
      readonly because: string;
    }
  /** It is done; WHMCS need not be asked: approval amounts were changed, or the ledger was put right. */
  | { readonly outcome: 'saved'; readonly id: string }
  /** Asked under the same id before; nothing was done again. */
  | { readonly outcome: 'exists'; readonly id: string }
  | Refused;

/** The one way in: checks, then writes the command or the approval, in the transaction of `page`. */
export async function propose(
  page: OperationsPage,
  one: Operation,
  id: string,
  asking: Asking,
  show: ShowAmount,
): Promise<Proposed> {
  const reason = asking.reason.trim();
  if (reason === '' || reason.length > REASON_MAX_CHARACTERS) {
    return refused(
      'reason-missing',
      `A reason of at most ${REASON_MAX_CHARACTERS} characters is wanted; it stays with the entry for ever.`,
    );
  }
  const asked = { ...asking, reason };
  await page.lockClients(clientsOf(one));
  const known = await page.known(id);
  if (known !== undefined) {
    return JSON.stringify(known) === JSON.stringify(one)
      ? { outcome: 'exists', id }
      : refused('id-reused', `The id ${id} was used for something else before.`);
  }
  // Nothing moves by a repair of the ledger, so it may be done while everything stands still.
  if (one.kind === 'accept' || one.kind === 'explain') {
    return repairLedger(page, one, id, asked, show);
  }
  const standing = await page.installation();
  const halted = whyNothingActs(standing);
  if (halted !== undefined) return halted;
  if (one.kind === 'threshold') return changeAmounts(page, one, id, asked);
  const proposer = actorName(asked.actor);
  const situation = await situationOf(page, one, standing, proposer, asked.at, null, show);
  const plan = planOperation(one, situation, { id, actor: proposer, reason });
  if (plan.outcome === 'refused') return plan;
  const because = whySecond(
    plan,
    clientsOf(one).map((client) => situation.clients.get(client)),
    await page.approvalAmounts(false),
    show,
  );
  await page.audit({
    id,
    actor: proposer,
    act: 'operation-propose',
    target: `client:${one.clientId}`,
    details: { operation: one, reason, waits: because !== undefined },
    at: asked.at,
  });
  if (because === undefined) {
    await page.writeCommands(plan.commands, asked.at);
    return { outcome: 'commanded', id, facts: plan.commands.map(({ fact }) => fact) };
  }
  const expiresAt = approvalEnd(asked.at);
  await page.addApproval({
    id,
    clientId: plan.clientId,
    currencyId: plan.currencyId,
    operation: one,
    reason,
    expiresAt,
    amountHundredths: plan.amountHundredths,
    holdHundredths: plan.holdHundredths,
    proposedBy: proposer,
    proposedAt: asked.at,
  });
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}

/** Why no money moves at all just now. */
export function whyNothingActs(standing: InstallationStanding): Refused | undefined {
  if (standing.state !== 'paired') {
    return refused('not-paired', 'Addon and service are not connected; look under Connection.');
  }
  if (standing.halted !== '') {
    return refused(
      'halted',
      'Everything stands still, because the database was put back to an earlier state; look under Connection.',
    );
  }
  if (standing.frozen) {
    return refused('frozen', 'Everything is frozen; unfreeze it under Connection first.');
  }
  return undefined;
}

/** What a plan is made on, read under the locks of the operation's clients. */
export async function situationOf(
  page: OperationsPage,
  one: CreditOperation,
  { today }: InstallationStanding,
  proposer: string,
  at: Date,
  approval: { readonly id: string; readonly amountHundredths: bigint } | null,
  show: ShowAmount,
): Promise<Situation> {
  const grantId = 'grantId' in one ? one.grantId : null;
  const look = { proposer, since: sinceSplit(at), exceptApproval: approval?.id ?? null };
  return {
    today,
    clients: await page.clients(clientsOf(one), look),
    grant: grantId === null ? undefined : await page.grant(grantId),
    atMostHundredths: approval?.amountHundredths ?? null,
    show,
  };
}
