import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import type { Database } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { actorName } from './actor.ts';
import { readApprovalAmounts, saveApprovalAmounts } from './approval-amounts.ts';
import { type CurrencyRate, type Limits, limitIn, limitsOf, readRates } from './approval-limits.ts';
import { askSecondAboutSettings } from './ask-second.ts';
import type { Asking, Tools } from './asking.ts';
import { usualAmounts } from './default-amounts.ts';
import { CEILING_TIMES } from './limits.ts';
import type { Operation } from './operation.ts';
import type { Proposed } from './proposed.ts';
import { type Refused, refused } from './refusal.ts';
import type { ShowAmount } from './show-amount.ts';

type Threshold = Extract<Operation, { kind: 'threshold' }>;

/**
 * Changes from which amount a second admin has to agree. Who could raise it alone could do everything alone, so that needs a
 * second admin as well; lowering it is free. A currency whose amount is removed has the strictest of the others.
 */
export async function changeAmounts(
  trx: Transaction<Database>,
  one: Threshold,
  id: string,
  asking: Asking,
  { newId, show }: Pick<Tools, 'newId' | 'show'>,
): Promise<Proposed<'threshold'>> {
  const { actor, reason, at } = asking;
  const before = await readApprovalAmounts(trx, { forChange: true });
  const wanted = readAmounts(one);
  if (before !== null && isSame(before, wanted)) {
    return refused('already-so', 'These are the approval amounts already.');
  }
  const by = actorName(actor);
  const rates = await readRates(trx);
  const raised = [...wanted].filter(([id, amount]) => amount > (before?.get(id) ?? 0n));
  const tooLarge = whyTooLarge(raised, await usualAmounts(trx, rates, at), rates, show);
  if (tooLarge !== undefined) return tooLarge;
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
  const { expiresAt } = await askSecondAboutSettings(trx, { id, operation: one }, asking, newId);
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

/** Where one amount is a slip of the hand: so large that nothing an installation like this does would ever wait. */
function whyTooLarge(
  raised: readonly (readonly [currencyId: number, amount: bigint])[],
  usual: Limits,
  rates: readonly CurrencyRate[],
  show: ShowAmount,
): Refused<'amount-too-large'> | undefined {
  for (const [currencyId, amount] of raised) {
    const usually = limitIn(usual, currencyId);
    // A currency whose rate cannot be used shows nothing.
    if (usually === 0n || amount <= usually * CEILING_TIMES) continue;
    const code = rates.find(({ id }) => id === currencyId)?.code ?? '';
    return refused(
      'amount-too-large',
      `${show(amount, code)} is more than ${CEILING_TIMES} times ${show(usually, code)}, which most deposits of the last year keep below (or 100.00 of the default currency, where there were few). Set at most ${show(usually * CEILING_TIMES, code)}.`,
    );
  }
  return undefined;
}

function isSame(a: ReadonlyMap<number, bigint>, b: ReadonlyMap<number, bigint>): boolean {
  return a.size === b.size && [...a].every(([currency, limit]) => b.get(currency) === limit);
}
