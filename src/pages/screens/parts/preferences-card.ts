import type { PreferenceFacts } from '../../../rules/index.ts';
import { type Html, html } from '../../html/html.ts';
import { card } from '../../html/parts.ts';
import { link, type View } from '../../html/view.ts';

/** What the client chose on the page Credit; false for one who left everything as usual. */
export function preferencesCard(view: View, chosen: PreferenceFacts | undefined): Html | false {
  if (chosen === undefined) return false;
  const { usesCredit, services } = chosen;
  return card(
    'What the client chose',
    html`<ul>${!usesCredit && html`<li>No credit is used by itself.</li>`}${services.map(
      ({ serviceId, choice }) =>
        html`<li>Service #${serviceId}: ${choice === 'keep' ? 'no credit is used by itself' : 'its invoices come first'}.</li>`,
    )}</ul><p class="cb-help">It counts while a rule that obeys it is on: see <a href="${link(view, 'rules')}">Rules</a>. To change it, log in as the client in WHMCS, or use <code>creditbridge choices set</code>.</p>`,
  );
}
