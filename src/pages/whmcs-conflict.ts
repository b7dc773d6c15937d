import type { PageRequest } from '../../bridge/index.ts';
import { parseSwitch } from './form/parse-switch.ts';

/** One of WHMCS's own settings stands in the way of a rule. */
export interface WhmcsConflict {
  readonly says: string;
  readonly remedy: string;
}

/** Rules that act on deposits: without the Add Funds page there are none. */
const ABOUT_DEPOSITS: readonly string[] = ['deposit-limits', 'deposit-bonus'];

/** What of WHMCS's settings keeps a built-in rule from doing what its card says; undefined when nothing does. */
export function whmcsConflict(
  rule: string,
  settings: PageRequest['settings'],
): WhmcsConflict | undefined {
  // The stored key says the opposite of its title: empty means that automatic use is on (whmcs.md §1.1).
  if (rule === 'auto-apply' && !parseSwitch(settings['NoAutoApplyCredit'])) {
    return {
      says: 'WHMCS itself puts all credit on every new invoice before this rule is asked, so it finds only what is left.',
      remedy: 'Turn off “Automatic Credit Use” under WHMCS settings.',
    };
  }
  if (ABOUT_DEPOSITS.includes(rule) && !parseSwitch(settings['AddFundsEnabled'])) {
    return {
      says: 'Clients cannot add funds, so there are no deposits for this rule.',
      remedy: 'Turn on “Clients may add funds” under WHMCS settings.',
    };
  }
  return undefined;
}
