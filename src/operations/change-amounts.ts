import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { approvalEnd } from './limits.ts';
import type { Operation } from './operation.ts';
import type { OperationsPage } from './ports.ts';
import type { Asking, Proposed } from './propose.ts';
import { refused } from './refusal.ts';

type Threshold = Extract<Operation, { kind: 'threshold' }>;

/**
 * Changes from which amount a second admin has to agree. Who could raise or remove it alone could do everything alone, so that
 * needs a second admin as well; lowering it, or setting one where there was none, is free.
 */
export async function changeAmounts(
  page: OperationsPage,
  one: Threshold,
  id: string,
  { actor, reason, at }: Asking,
): Promise<Proposed> {
  const before = await page.approvalAmounts(true);
  const wanted = readAmounts(one);
  if (isSame(before, wanted)) {
    return refused('already-so', 'These are the approval amounts already.');
  }
  const by = actorName(actor);
  const loosened = [...before].filter(
    ([currency, limit]) =>
      (wanted.get(currency) ?? null) === null || (wanted.get(currency) ?? 0n) > limit,
  );
  await page.audit({
    id,
    actor: by,
    act: 'operation-propose',
    target: 'approval-amounts',
    details: { operation: one, reason, waits: loosened.length > 0 },
    at,
  });
  if (loosened.length === 0) {
    await page.saveApprovalAmounts(wanted, { by, reason, at });
    return { outcome: 'saved', id };
  }
  const expiresAt = approvalEnd(at);
  await page.addApproval({
    id,
    clientId: 0,
    currencyId: null,
    operation: one,
    amountHundredths: 0n,
    holdHundredths: 0n,
    proposedBy: by,
    reason,
    proposedAt: at,
    expiresAt,
  });
  const because = 'Raising or removing an approval amount needs a second admin.';
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}

/** The amounts of a change, in hundredths, by currency. */
export function readAmounts(one: Threshold): ReadonlyMap<number, bigint> {
  return new Map(
    Object.entries(one.amounts).map(([currency, text]) => [Number(currency), parseAmount(text)]),
  );
}

function isSame(a: ReadonlyMap<number, bigint>, b: ReadonlyMap<number, bigint>): boolean {
  return a.size === b.size && [...a].every(([currency, limit]) => b.get(currency) === limit);
}
