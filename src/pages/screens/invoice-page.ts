import { type KeptOff, readKeptOff, surplusOn } from '../../books/index.ts';
import type { TitleOf } from '../../rules/settle/index.ts';
import { type InvoiceNote, type InvoiceNow, invoiceNow } from '../../whmcs/index.ts';
import { defineScreen } from '../define-screen.ts';
import { areaInput } from '../form/form-input.ts';
import { postForm } from '../form/post-form.ts';
import { queryId } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts } from '../html/parts.ts';
import { clientLink, link, money, time, type View, whmcsInvoiceLink } from '../html/view.ts';
import { commandsOfDecisions } from '../queries/commands.ts';
import { decisionsOfInvoice, type TracedDecision } from '../queries/decisions.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { actorText } from '../words/actor-text.ts';
import { commandList } from './parts/command-list.ts';
import { outcomeStatus } from './parts/decision-list.ts';
import { returnCard } from './parts/return-card.ts';
import { readTrace, sentences } from './parts/trace-sentences.ts';

/** Decisions told on one page; an invoice has a handful. */
const DECISIONS_TOLD = 20;

/** Why was this much credit put on this invoice, or none? The whole story of one invoice. */
export const invoicePage = defineScreen({
  path: 'invoice',
  tab: 'decisions',
  right: 'see',
  async show({ db, view, rules, problems }) {
    const invoiceId = queryId(view.request, 'id');
    if (invoiceId === undefined) return undefined;
    const titleOf = titlesIn({ rules });
    const [invoice, keptOff, surplus, decisions] = await Promise.all([
      invoiceNow(db, invoiceId),
      readKeptOff(db, invoiceId),
      surplusOn(db, invoiceId),
      decisionsOfInvoice(db, invoiceId, DECISIONS_TOLD),
    ]);
    if (invoice === undefined && decisions.length === 0) {
      return undefined;
    }
    const commands = await commandsOfDecisions(
      db,
      decisions.map(({ id }) => id),
    );
    const [most, ...others] = [...decisions].sort(
      (a, b) => Number(b.outcome === 'effect') - Number(a.outcome === 'effect'),
    );
    return {
      title: `Invoice #${invoiceId}`,
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
${others.length > 0 && card('Earlier and other decisions', html`${others.map((decision) => story(view, decision, titleOf))}`)}
${commands.length > 0 && card('Commands to WHMCS', commandList(view, commands))}
</div><div>${invoice !== undefined && card('As it stands', figures(view, invoice))}${
        invoice !== undefined && (await returnCard(db, view, invoice, { surplus, problems }))
      }${keptOff !== null && card('Credit stays off', handStands(view, invoiceId, keptOff))}${
        keptOff === null &&
        invoice?.status === 'Unpaid' &&
        view.mayManage &&
        card('Leave it alone', leaveAloneForm(view, invoiceId))
      }</div></div>`,
    };
  },
});

function story(view: View, decision: TracedDecision, titleOf: TitleOf): Html {
  const trace = readTrace(decision.trace);
  return html`<article class="cb-told"><header>${outcomeStatus(decision.outcome)}
<span class="cb-quiet">${time(view, decision.lastAt)} · <a href="${link(view, `decisions/${decision.id}`)}">step by step</a></span></header>
${trace === undefined ? html`<p>${decision.reason}</p>` : sentences(trace, titleOf)}</article>`;
}

/** Why no credit goes on it, and the way out. */
function handStands(view: View, invoiceId: number, { since, sequence, saidBy }: KeptOff): Html {
  const why =
    sequence === null
      ? html`To leave this invoice alone was said by ${actorText(view, saidBy)}, ${time(view, since)}.`
      : html`Credit was taken off this invoice by hand (entry #${sequence}, seen ${time(view, since)}).`;
  const told = html`<p>${why} So no rule puts credit on it, until the client uses credit on it or you allow it here.</p>`;
  if (!view.mayManage) return told;
  return postForm(view, {
    page: 'invoice',
    parameters: { id: invoiceId },
    act: 'allow-credit',
    body: html`${told}<input type="hidden" name="invoice" value="${invoiceId}">${areaInput({ name: 'reason', title: 'Why credit may go on it again', value: '' })}
<div class="cb-buttons"><button type="submit" class="cb-button">Allow credit again</button></div>`,
  });
}

/** Nobody took credit off it, and none is to go on it. */
function leaveAloneForm(view: View, invoiceId: number): Html {
  return postForm(view, {
    page: 'invoice',
    parameters: { id: invoiceId },
    act: 'leave-alone',
    body: html`<p class="cb-help">No rule puts credit on this invoice then, until you allow it again or the client uses credit on it.</p><input type="hidden" name="invoice" value="${invoiceId}">${areaInput({ name: 'reason', title: 'Why it is left alone', value: '' })}
<div class="cb-buttons"><button type="submit" class="cb-button">Leave this invoice alone</button></div>`,
  });
}

function figures(view: View, invoice: InvoiceNow): Html {
  const { currencyId, money: of } = invoice;
  const amount = (hundredths: bigint) => money(view, hundredths, currencyId);
  return facts([
    ['Status', invoice.status],
    ['Client', clientLink(invoice.clientId)],
    ['Due', invoice.dueOn !== null && dayText(invoice.dueOn)],
    ['Credit on it', of.arithmetic !== 'neither' && amount(of.creditHundredths)],
    [of.arithmetic === 'net' ? 'Total in money' : 'Total', amount(invoice.totalHundredths)],
    [
      'Paid in money',
      invoice.knowsMoney
        ? amount(of.receivedHundredths)
        : 'Not known before the rights of `creditbridge grants` are given again',
    ],
    [
      'Still due',
      of.arithmetic === 'neither'
        ? 'Not known: its subtotal, tax, credit and total do not add up'
        : amount(of.openHundredths),
    ],
    ['Notes', invoice.notes.length > 0 && invoice.notes.map((note) => noteLine(note, amount))],
    ['In WHMCS', whmcsInvoiceLink(invoice.id)],
  ]);
}

/** WHMCS 9 shows a note to admins at this address (whmcs.md §4.6). */
function noteLine(
  { id, kind, amountHundredths }: InvoiceNote,
  amount: (one: bigint) => Html,
): Html {
  return html`<div><a href="billing/billingnote/${kind}/${id}">${kind} note #${id}</a> ${amount(amountHundredths)}</div>`;
}
