import { readWhmcsAmount } from '../../bridge/index.ts';
import { parseSwitch } from '../whmcs/index.ts';

/** One of WHMCS's own settings, and what it is to become. */
export interface ConfigurationValue {
  readonly setting: string;
  readonly value: string;
}

/** What WHMCS has of its own settings, by name; null where it has no row. */
export type WhmcsHas = Readonly<Record<string, string | null | undefined>>;

/**
 * Whether WHMCS has this already. Another way of writing the same is no difference: it reads `on`, `1` and `true` alike, and 500 is
 * 500.00 (whmcs.md §1.1).
 */
export function hasAlready(whmcs: WhmcsHas, { setting, value }: ConfigurationValue): boolean {
  const now = whmcs[setting] ?? '';
  const wanted = readWhmcsAmount(value);
  return wanted === undefined
    ? parseSwitch(now) === parseSwitch(value)
    : readWhmcsAmount(now) === wanted;
}
