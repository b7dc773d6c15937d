import type { Transaction } from 'kysely';
import { approvalEnd } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { readApprovalAmounts, saveApprovalAmounts } from './approval-amounts.ts';
import { type Limits, limitIn, limitsOf, readRates } from './approval-limits.ts';
import { askSecond } from './ask-second.ts';
import type { Asking, Tools } from './asking.ts';
import { writeAudit } from './audit.ts';
import type { Operation } from './operation.ts';
import type { Proposed } from './proposed.ts';
import { refused } from './refusal.ts';

type Threshold = Extract<Operation, { kind: 'threshold' }>;

/**
 * Changes from which amount a second admin has to agree. Who could raise it alone could do everything alone, so that needs a
 * second admin as well; lowering it is free. A currency whose amount is removed has the strictest of the others.
 */
export async function changeAmounts(
  trx: Transaction<Database>,
  one: Threshold,
  id: string,
  { actor, reason, at }: Asking,
  { newId }: Pick<Tools, 'newId'>,
): Promise<Proposed> {
  const before = await readApprovalAmounts(trx, { forChange: true });
  const wanted = readAmounts(one);
  if (before !== null && isSame(before, wanted)) {
    return refused('already-so', 'These are the approval amounts already.');
  }
  const by = actorName(actor);
  const rates = await readRates(trx);
  const waits = before === null || isLooser(limitsOf(wanted, rates), limitsOf(before, rates));
  await writeAudit(trx, {
    id,
    actor: by,
    act: 'operation-propose',
    target: 'approval-amounts',
    details: { operation: one, reason, waits },
    at,
  });
  if (!waits) {
    await saveApprovalAmounts(trx, wanted, { by, reason, at });
    return { outcome: 'saved', id };
  }
  const expiresAt = approvalEnd(at);
  await askSecond(
    trx,
    {
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
    },
    newId,
  );
  const because =
    before === null
      ? 'The amounts that hold now cannot be read, so changing them needs a second admin.'
      : 'More could be done by one admin then, so a second one has to agree.';
  return { outcome: 'waits-for-approval', id, expiresAt, because };
}

/** The amounts of a change, in hundredths, by currency. */
export function readAmounts(one: Threshold): ReadonlyMap<number, bigint> {
  return new Map(
    Object.entries(one.amounts).map(([currency, text]) => [Number(currency), parseAmount(text)]),
  );
}

/** Whether more may be done alone in any currency, also in one without an amount of its own. */
function isLooser(wanted: Limits, before: Limits): boolean {
  const currencies = [...wanted.keys(), ...before.keys()];
  return currencies.some((currency) => limitIn(wanted, currency) > limitIn(before, currency));
}

function isSame(a: ReadonlyMap<number, bigint>, b: ReadonlyMap<number, bigint>): boolean {
  return a.size === b.size && [...a].every(([currency, limit]) => b.get(currency) === limit);
}
