import type { Db } from '../../db/index.ts';
import { parseSwitch } from '../../whmcs/index.ts';
import { defineScreen } from '../define-screen.ts';
import { CREDIT_SETTINGS, inputOf, type SettingText } from '../form/credit-settings.ts';
import { postForm } from '../form/post-form.ts';
import { formText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { card, empty } from '../html/parts.ts';
import { permissionNames } from '../html/refusals.ts';
import type { View } from '../html/view.ts';
import { ALL_STATES, type CommandRow, commandsOfClient } from '../queries/commands.ts';
import { permissionsFor } from '../rights.ts';
import { commandList } from './parts/command-list.ts';

/** Commands shown below the form: enough to see one saving of all seven. */
const COMMANDS_SHOWN = 7;

/** WHMCS's own settings, as they stand now, with the commands that change them. */
export const creditSettingsPage = defineScreen({
  path: 'credit-settings',
  tab: { group: 'Settings', title: 'WHMCS settings' },
  right: 'enter',
  async show({ db, view, problems }) {
    const recent = view.maySee ? await configurationCommands(db) : [];
    const fields = html`<div class="cb-fields">${CREDIT_SETTINGS.map((text) => settingField(view, text, problems))}</div>`;
    const form = view.maySetWhmcs
      ? postForm(view, {
          page: 'credit-settings',
          act: 'save-credit-settings',
          body: html`${fields}<div class="cb-buttons"><button type="submit" class="cb-button cb-primary">Let WHMCS set these</button></div>`,
        })
      : html`<div class="cb-form">${fields}<p class="cb-help">Changing them needs ${permissionNames(permissionsFor('set-whmcs'))}.</p></div>`;
    return {
      title: 'WHMCS’s credit settings',
      body: html`<p class="cb-lead">These are WHMCS’s own, from General Settings, Credit. Only they are enforced on every path; rules refine them. Credit Bridge never writes them itself: it asks WHMCS to.</p>
<div class="cb-columns cb-columns-form"><div>${card('As WHMCS has them', form)}</div>
<div>${card(
        'Changes from here',
        recent.length === 0
          ? empty('None yet', 'What you change here appears with WHMCS’s answer.')
          : commandList(view, recent),
      )}</div></div>`,
    };
  },
});

/** The newest commands that set WHMCS's own settings: those without a client. */
async function configurationCommands(db: Db): Promise<readonly CommandRow[]> {
  const { rows } = await commandsOfClient(db, 0, ALL_STATES, undefined);
  return rows.filter(({ action }) => action === 'SetConfigurationValue').slice(0, COMMANDS_SHOWN);
}

function settingField(view: View, text: SettingText, problems: ReadonlyMap<string, string>): Html {
  const name = inputOf(text.setting);
  const posted = view.request.method === 'POST';
  const stored = view.request.settings[text.setting] ?? '';
  const help = html`<p class="cb-help" id="${name}-help">${text.help} <code>${text.setting}</code></p>`;
  const off = !view.maySetWhmcs && html` disabled`;
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
