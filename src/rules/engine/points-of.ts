import type { RuleInfo } from './engine.ts';

/** The point at which money that went back is told, whether or not WHMCS had a hook for it. */
export const MONEY_BACK = 'InvoiceRefunded';

/** What the host needs to take back what a rule gave. */
const FOR_TAKING_BACK: readonly string[] = ['invoice', 'received', 'grants', 'deposit'];

/**
 * Whether a rule is asked at a point. When money goes back, every rule that decides is: the host may have to take back what it
 * gave.
 */
export function isAskedAt({ on }: Pick<RuleInfo, 'on'>, point: string): boolean {
  return on.includes(point) || (point === MONEY_BACK && on.length > 0);
}

/** All facts that a rule may need, whatever its settings are. */
export function mayNeed({ needs, needsWhen }: Pick<RuleInfo, 'needs' | 'needsWhen'>) {
  return [...needs, ...needsWhen.flatMap((one) => one.needs)];
}

/** All facts that a rule's limits may need, whatever its settings are. */
export function mayNeedToLimit({
  limitsNeed,
  needsWhen,
}: Pick<RuleInfo, 'limitsNeed' | 'needsWhen'>) {
  return mayNeed({ needs: limitsNeed, needsWhen });
}

/** The facts that a rule needs at a point; none where it is not asked. */
export function needsAt(rule: Pick<RuleInfo, 'on' | 'needs'>, point: string): readonly string[] {
  const own = rule.on.includes(point) ? rule.needs : [];
  return point === MONEY_BACK && rule.on.length > 0 ? [...own, ...FOR_TAKING_BACK] : own;
}
