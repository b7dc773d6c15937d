import type { RuleMode } from '../../../rules/engine/index.ts';
import { type Html, html } from '../../html/html.ts';

/** What a rule may be told to do. */
export const MODES: readonly {
  readonly mode: RuleMode;
  readonly text: string;
  readonly hint: string;
}[] = [
  { mode: 'off', text: 'Off', hint: 'The rule takes no part.' },
  { mode: 'observe', text: 'Observe', hint: 'Decides and records, but does nothing.' },
  { mode: 'on', text: 'On', hint: 'Decides and carries out.' },
];

/** The choice of a mode inside a form. */
export function modeChoices(mode: string, editable: boolean): Html {
  return html`<fieldset class="cb-modes"><legend>Mode</legend>${MODES.map(
    (one) =>
      html`<label class="cb-radio"><input type="radio" name="mode" value="${one.mode}"${
        one.mode === mode && html` checked`
      }${!editable && html` disabled`}><span>${one.text}<small>${one.hint}</small></span></label>`,
  )}</fieldset>`;
}
