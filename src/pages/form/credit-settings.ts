import type { CreditSetting } from '../../../bridge/index.ts';

export interface SettingText {
  readonly setting: CreditSetting;
  readonly kind: 'switch' | 'amount';
  /** The stored value says the opposite of the title. */
  readonly inverted: boolean;
  readonly title: string;
  readonly help: string;
}

/** WHMCS's own credit settings, as its General Settings call them (whmcs.md §1.1). */
export const CREDIT_SETTINGS: readonly SettingText[] = [
  {
    setting: 'AddFundsEnabled',
    kind: 'switch',
    inverted: false,
    title: 'Clients may add funds',
    help: 'Shows the Add Funds page. Without it there are no deposits, and rules about deposits have nothing to do.',
  },
  {
    setting: 'AddFundsMinimum',
    kind: 'amount',
    inverted: false,
    title: 'Smallest deposit',
    help: 'WHMCS refuses less, for everyone. A rule may ask for more, by group and currency.',
  },
  {
    setting: 'AddFundsMaximum',
    kind: 'amount',
    inverted: false,
    title: 'Largest deposit',
    help: 'WHMCS refuses more, for everyone. A rule may allow less.',
  },
  {
    setting: 'AddFundsMaximumBalance',
    kind: 'amount',
    inverted: false,
    title: 'Largest balance',
    help: 'No deposit may bring the balance above this.',
  },
  {
    setting: 'AddFundsRequireOrder',
    kind: 'switch',
    inverted: false,
    title: 'Only with an active order',
    help: 'Keeps those who never bought anything from depositing, which deters card fraud.',
  },
  {
    setting: 'NoAutoApplyCredit',
    kind: 'switch',
    inverted: true,
    title: 'Automatic Credit Use',
    help: 'WHMCS itself puts credit on every new invoice, at once and all of it. While this is on, rules see only what is left: turn it off to let the rule “Apply credit to invoices” decide.',
  },
  {
    setting: 'CreditOnDowngrade',
    kind: 'switch',
    inverted: false,
    title: 'Credit on downgrade',
    help: 'What is left of a paid period becomes credit when a client downgrades.',
  },
];

/** The input of a setting. */
export function inputOf(setting: CreditSetting): string {
  return `whmcs-${setting}`;
}
