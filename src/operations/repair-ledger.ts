import type { RepairTold } from '../books/index.ts';
import { grantKindOf, isOwnMoney } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { approvalEnd, sinceSplit } from './limits.ts';
import type { RepairOperation } from './operation.ts';
import type { OperationsPage } from './ports.ts';
import type { Asking, Proposed } from './propose.ts';
import { type Refused, refused } from './refusal.ts';
import type { ShowAmount } from './show-amount.ts';
import { unknownClient } from './why-not-client.ts';
import { whySecond } from './why-second.ts';

/**
 * An admin says what credit is that nobody could explain. Nothing moves in WHMCS, but what is called paid, or said to have come
 * back from an invoice, may be paid out: so above the approval amount a second admin has to agree to that, as to credit that is given.
 */
export async function repairLedger(
  page: OperationsPage,
  one: RepairOperation,
  id: string,
  { actor, reason, at }: Asking,
  show: ShowAmount,
): Promise<Proposed> {
  const { clientId } = one;
  const proposer = actorName(actor);
  const size = await sizeOf(page, one);
  if (size === undefined) return ENTRY_GONE;
  const look = { proposer, since: sinceSplit(at), exceptApproval: null };
  const guarded = makesOwnMoney(one);
  const client = guarded ? (await page.clients([clientId], look)).get(clientId) : undefined;
  // What was done for a client that is gone cannot be counted, and a merge may carry the credit to another.
  if (guarded && client === undefined) return unknownClient(clientId);
  const because = client && whySecond(size, [client], await page.approvalAmounts(false), show);
  const waits = because !== undefined;
  const wrong = waits
    ? await page.whyNotRepair(one)
    : await page.repair(one, { adminId: actor.adminId, reason, at });
  if (wrong !== undefined) return wrong;
  await page.audit({
    id,
    actor: proposer,
    act: 'operation-propose',
    target: `client:${clientId}`,
    at,
    details: { operation: one, reason, waits },
  });
  if (!waits) {
    await noteRepair(page, one, proposer, { reason, at });
    return { outcome: 'saved', id };
  }
  const expiresAt = approvalEnd(at);
  await page.addApproval({
    id,
    clientId,
    operation: one,
    reason,
    expiresAt,
    holdHundredths: 0n,
    currencyId: size.currencyId,
    amountHundredths: size.amountHundredths,
    proposedBy: proposer,
    proposedAt: at,
  });
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}

/** What the audit says of a repair that was done. */
export function noteRepair(
  page: OperationsPage,
  one: RepairOperation,
  actor: string,
  { reason, at }: Omit<RepairTold, 'adminId'>,
): Promise<void> {
  return one.kind === 'accept'
    ? page.audit({
        actor,
        act: 'drift-accept',
        target: `client:${one.clientId}`,
        at,
        details: { whmcs: one.whmcs, ledger: one.ledger, as: one.as, reason },
      })
    : page.audit({
        actor,
        act: 'entry-explain',
        target: `entry:${one.entry}`,
        at,
        details: { origin: one.origin, invoiceId: one.invoiceId, reason },
      });
}

/** A return gives back the very credit that its invoice drew, paid credit among it. */
function makesOwnMoney(one: RepairOperation): boolean {
  if (one.kind === 'explain') return one.origin === 'return' || isOwnMoney(grantKindOf(one.origin));
  return isOwnMoney(one.as) && parseAmount(one.whmcs) > parseAmount(one.ledger);
}

async function sizeOf(page: OperationsPage, one: RepairOperation) {
  if (one.kind === 'explain') return page.entrySize(one.entry);
  const difference = parseAmount(one.whmcs) - parseAmount(one.ledger);
  return {
    currencyId: one.currencyId,
    amountHundredths: difference < 0n ? -difference : difference,
  };
}

/** Why an entry cannot be explained any more. */
export const ENTRY_GONE: Refused = refused(
  'entry-gone',
  'This entry was explained or taken back meanwhile, or goes the other way.',
);
