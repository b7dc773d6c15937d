import { type Html, html } from '../html/html.ts';

/** The box that says that a rule is meant to give without a cap for the period. */
export const WITHOUT_CAP = 'without-cap';

export function withoutCap(): Html {
  return html`<div class="cb-field"><label class="cb-check"><input type="checkbox" name="${WITHOUT_CAP}" value="on"> <span>It has no cap for the period</span></label></div>`;
}
