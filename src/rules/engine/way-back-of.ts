import { RuleError } from '../../base/index.ts';
import { type WayBack, waysBack } from '../define-rule.ts';
import type { LoadedRule } from './loaded-rule.ts';

/**
 * What becomes of a rule's grants when the money goes back that they follow, under these settings.
 *
 * @throws {RuleError} `rule-invalid` when the rule says something else
 */
export function wayBackOf(rule: LoadedRule, settings: unknown): WayBack {
  const said = rule.whenMoneyGoesBack?.(settings) ?? 'in-proportion';
  const way = waysBack.find((one) => one === said);
  if (way !== undefined) return way;
  throw new RuleError(
    'rule-invalid',
    `whenMoneyGoesBack of the rule ${rule.id} is none of ${waysBack.join(', ')}.`,
  );
}
