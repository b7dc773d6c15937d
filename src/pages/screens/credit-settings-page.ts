import type { CreditSetting } from '../../../bridge/index.ts';
import { parseSwitch } from '../form/parse-switch.ts';
import { postForm } from '../form/post-form.ts';
import { formText } from '../form/read-query.ts';
import type { Screen } from '../html/frame.ts';
import { type Html, html } from '../html/html.ts';
import { card, empty } from '../html/parts.ts';
import type { View } from '../html/view.ts';
import type { AdminStore } from '../ports.ts';
import { commandList } from './command-list.ts';

interface SettingText {
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

export function inputOf(setting: CreditSetting): string {
  return `whmcs-${setting}`;
}

/** Commands shown below the form: enough to see one saving of all seven. */
const COMMANDS_SHOWN = 7;

/** WHMCS's own settings, as they stand now, with the commands that change them. */
export async function creditSettingsScreen(
  view: View,
  store: AdminStore,
  problems: ReadonlyMap<string, string> = new Map(),
): Promise<Screen> {
  const recent = view.maySee ? await store.configurationCommands(COMMANDS_SHOWN) : [];
  const fields = html`<div class="cb-fields">${CREDIT_SETTINGS.map((text) => settingField(view, text, problems))}</div>`;
  const form = view.mayManage
    ? postForm(view, {
        page: 'credit-settings',
        act: 'save-credit-settings',
        body: html`${fields}<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Let WHMCS set these</button></div>`,
      })
    : html`<div class="cb-form">${fields}</div>`;
  return {
    title: 'WHMCS’s credit settings',
    tab: 'credit-settings',
    body: html`<p class="cb-lead">These are WHMCS’s own, from General Settings, Credit. Only they are enforced on every path; rules refine them. Credit Bridge never writes them itself: it asks WHMCS to.</p>
<div class="cb-columns cb-columns-form"><div>${card('As WHMCS has them', form)}</div>
<div>${card(
      'Changes from here',
      recent.length === 0
        ? empty('None yet', 'What you change here appears with WHMCS’s answer.')
        : commandList(view, recent),
    )}</div></div>`,
  };
}

function settingField(view: View, text: SettingText, problems: ReadonlyMap<string, string>): Html {
  const name = inputOf(text.setting);
  const posted = view.request.method === 'POST';
  const stored = view.request.settings[text.setting] ?? '';
  const help = html`<p class="cb-help" id="${name}-help">${text.help} <code>${text.setting}</code></p>`;
  const off = !view.mayManage && html` disabled`;
  if (text.kind === 'switch') {
    const ticked = posted
      ? formText(view.request, name) !== ''
      : parseSwitch(stored) !== text.inverted;
    return html`<div class="cb-field"><label class="cb-switch"><input type="checkbox" role="switch" name="${name}" value="on" aria-describedby="${name}-help"${
      ticked && html` checked`
    }${off}><span>${text.title}</span></label>${help}</div>`;
  }
  const problem = problems.get(name);
  const main = [...view.currencies.values()].find(({ isDefault }) => isDefault);
  return html`<div class="cb-field${problem !== undefined && ' cb-wrong'}"><label for="${name}">${text.title}</label>${help}
<label class="cb-amount"><span>${main?.code ?? ''}</span><input type="text" inputmode="decimal" id="${name}" name="${name}" value="${
    posted ? formText(view.request, name) : stored
  }" aria-describedby="${name}-help${problem !== undefined && ` ${name}-fault`}"${problem !== undefined && html` aria-invalid="true"`}${off}></label>${
    problem !== undefined && html`<p class="cb-fault" id="${name}-fault">${problem}</p>`
  }</div>`;
}
