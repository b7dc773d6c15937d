import type { TitleOf } from '../../rules/settle/index.ts';
import type { Screen } from '../html/frame.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts } from '../html/parts.ts';
import { clientLink, link, money, time, type View, whmcsInvoiceLink } from '../html/view.ts';
import type { AdminStore, InvoiceRow, TracedDecision } from '../ports.ts';
import { commandList } from './command-list.ts';
import { outcomeStatus } from './decision-list.ts';
import { readTrace, sentences } from './decision-page.ts';

/** Decisions told on one page; an invoice has a handful. */
const DECISIONS_TOLD = 20;

/** Why was this much credit put on this invoice, or none? The whole story of one invoice. */
export async function invoicePage(
  view: View,
  store: AdminStore,
  invoiceId: number,
  titleOf: TitleOf,
): Promise<Screen | undefined> {
  const [invoice, decisions] = await Promise.all([
    store.invoice(invoiceId),
    store.decisionsOfInvoice(invoiceId, DECISIONS_TOLD),
  ]);
  if (invoice === undefined && decisions.length === 0) {
    return undefined;
  }
  const commands = await store.commandsOf(decisions.map(({ id }) => id));
  const [most, ...others] = [...decisions].sort(
    (a, b) => Number(b.outcome === 'effect') - Number(a.outcome === 'effect'),
  );
  return {
    title: `Invoice #${invoiceId}`,
    tab: 'decisions',
    parent: { page: 'decisions', title: 'Decisions' },
    body: html`<div class="cb-columns"><div>
${card(
  'Why this much?',
  most === undefined
    ? empty(
        'No rule has decided about it',
        'Either it was made before Credit Bridge, or no rule that is on listens to what happened to it.',
      )
    : story(view, most, titleOf),
)}
${others.length > 0 && card('Before that, and beside it', html`${others.map((decision) => story(view, decision, titleOf))}`)}
${commands.length > 0 && card('Asked of WHMCS', commandList(view, commands))}
</div><div>${invoice !== undefined && card('As it stands', figures(view, invoice))}</div></div>`,
  };
}

function story(view: View, decision: TracedDecision, titleOf: TitleOf): Html {
  const trace = readTrace(decision.trace);
  return html`<article class="cb-told"><header>${outcomeStatus(decision.outcome)}
<span class="cb-quiet">${time(view, decision.lastAt)} · <a href="${link(view, `decisions/${decision.id}`)}">step by step</a></span></header>
${trace === undefined ? html`<p>${decision.reason}</p>` : sentences(trace, titleOf)}</article>`;
}

function figures(view: View, invoice: InvoiceRow): Html {
  const { currencyId } = invoice;
  return facts([
    ['Status', invoice.status],
    ['Client', clientLink(invoice.clientId)],
    ['Due', invoice.dueOn !== null && dayText(invoice.dueOn)],
    ['Credit on it', money(view, invoice.creditHundredths, currencyId)],
    ['Total in money', money(view, invoice.totalHundredths, currencyId)],
    ['Paid', money(view, invoice.paidHundredths, currencyId)],
    ['Still due', money(view, invoice.totalHundredths - invoice.paidHundredths, currencyId)],
    ['In WHMCS', whmcsInvoiceLink(invoice.id)],
  ]);
}
