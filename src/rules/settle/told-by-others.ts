import { invoiceIdOf } from '../effect.ts';
import { type Fulfilment, hasLowered, isUntold } from './fulfilment.ts';

/**
 * When several rules want the same effect on one invoice, a wish that comes to nothing is no decision of its own where the decision
 * of another tells as much: one that is done and left nothing to do, or one with the same refusal. Its trace has the words of all.
 */
export function toldByOthers(fulfilled: readonly Fulfilment[]): ReadonlySet<Fulfilment> {
  const told = new Set<Fulfilment>();
  const [any] = fulfilled;
  if (!fulfilled.some((one) => isOther(any, one))) return told;
  for (const rivals of Map.groupBy(fulfilled, targetOf).values()) {
    if (rivals.length === 1) continue;
    const winner = rivals.find(({ served }) => served.done);
    const refused = new Map<string | null, Fulfilment>();
    for (const one of rivals.toSorted(byRule)) {
      const { done, refusal } = one.served;
      if (done || isUntold(one) || one.wish.contradicting.length > 0) continue;
      const first = refused.get(refusal);
      if (first === undefined) refused.set(refusal, one);
      if ((isOther(winner, one) && !isLimited(one)) || isOther(first, one)) told.add(one);
    }
  }
  return told;
}

function isOther(rival: Fulfilment | undefined, one: Fulfilment): boolean {
  return rival !== undefined && ruleOf(rival) !== ruleOf(one);
}

function ruleOf({ wish }: Fulfilment): string {
  return wish.voices[0].said.rule;
}

/** What has no invoice has no rival. */
function targetOf(one: Fulfilment): unknown {
  const { effect, voices } = one.wish;
  const invoiceId = invoiceIdOf(effect);
  return invoiceId === null ? one : `${voices[0].said.question} ${effect.kind} ${invoiceId}`;
}

function isLimited(one: Fulfilment): boolean {
  return one.allowances.some((allowance) => hasLowered(allowance, one.served));
}

function byRule(a: Fulfilment, b: Fulfilment): number {
  const [left, right] = [ruleOf(a), ruleOf(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.wish.fact < b.wish.fact ? -1 : 1;
}
