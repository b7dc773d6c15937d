import type { PageRequest } from '../../bridge/index.ts';
import type { RuleInfo } from '../rules/engine/index.ts';
import { parseSwitch } from '../whmcs/index.ts';

/** One of WHMCS's own settings stands in the way of a rule. */
export interface WhmcsConflict {
  readonly says: string;
  readonly remedy: string;
}

/** What of WHMCS's settings keeps a rule from doing what its card says; undefined when nothing does. */
export function whmcsConflict(
  { whmcsNeeds }: Pick<RuleInfo, 'whmcsNeeds'>,
  settings: PageRequest['settings'],
): WhmcsConflict | undefined {
  return whmcsNeeds.find(({ setting }) => !parseSwitch(settings[setting]));
}
