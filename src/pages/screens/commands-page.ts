import { filterForm } from '../form/filter-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import type { Screen } from '../html/frame.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { card, empty, facts, pager, prettyJson } from '../html/parts.ts';
import {
  accountLink,
  invoiceLink,
  link,
  money,
  time,
  type View,
  whmcsInvoiceLink,
} from '../html/view.ts';
import type { AdminStore, CommandDetail } from '../ports.ts';
import {
  commandHint,
  commandStateChoices,
  commandStatus,
  commandTitle,
} from '../words/command-words.ts';
import { commandTable } from './command-table.ts';

/** What WHMCS was asked to do, with its answers. */
export async function commandsPage(view: View, store: AdminStore): Promise<Screen> {
  const state = queryText(view.request, 'state');
  const clientId = queryId(view.request, 'client');
  const listing = await store.commands(
    { ...(state !== undefined && { state }), ...(clientId !== undefined && { clientId }) },
    queryText(view.request, 'after'),
  );
  const narrowed = state !== undefined || clientId !== undefined;
  const hint = state === undefined ? '' : commandHint(state);
  return {
    title: 'Commands',
    tab: 'commands',
    body: html`<p class="cb-lead">What WHMCS was asked to do. It moves the credit itself, so that its mails, hooks and provisioning run.</p>
${filterForm(
  view,
  'commands',
  [{ name: 'state', title: 'State', options: commandStateChoices }],
  [{ name: 'client', title: 'Client id' }],
)}
${hint !== '' && html`<p class="cb-help">${hint}</p>`}
${
  listing.rows.length === 0
    ? empty(
        narrowed ? 'None like this here' : 'WHMCS was asked for nothing yet',
        narrowed
          ? html`<a href="${link(view, 'commands')}">Show all commands</a>`
          : html`Commands come from rules that are <em>on</em>. <a href="${link(view, 'rules')}">To the rules</a>`,
      )
    : commandTable(view, listing.rows)
}
${pager(view, 'commands', listing, { state, client: clientId })}`,
  };
}

/** One command, from what it expects to what proves it. */
export function commandPage(view: View, command: CommandDetail, inDoubt: Html): Screen {
  return {
    title: commandTitle(view, command),
    tab: 'commands',
    parent: { page: 'commands', title: 'Commands' },
    body: html`<div class="cb-columns"><div>${inDoubt}${card(
      'What became of it',
      html`${facts([
        ['State', commandStatus(command.state)],
        ['Reason', command.reason],
        ['What next', commandHint(command.state)],
        [
          'Amount',
          command.amountHundredths > 0n
            ? money(view, command.amountHundredths, command.currencyId)
            : nothing,
        ],
        [
          'Held meanwhile',
          command.holdHundredths > 0n && ['open', 'running', 'unknown'].includes(command.state)
            ? money(view, command.holdHundredths, command.currencyId)
            : nothing,
        ],
        ['Client', accountLink(view, command.clientId)],
        [
          'Invoice',
          command.invoiceId !== null &&
            html`${invoiceLink(view, command.invoiceId)} · ${whmcsInvoiceLink(command.invoiceId)}`,
        ],
        [
          'Decision',
          command.decisionId !== null &&
            html`<a href="${link(view, `decisions/${command.decisionId}`)}">Why it was asked</a>`,
        ],
        ['Made', time(view, command.createdAt)],
        ['Not before', command.notBefore !== null && time(view, command.notBefore)],
        ['Started', command.startedAt !== null && time(view, command.startedAt)],
        ['Settled', command.settledAt !== null && time(view, command.settledAt)],
        ['Tries', command.attempts],
        [
          'Proof',
          command.creditLogId !== null && html`row ${command.creditLogId} of WHMCS’s credit log`,
        ],
        ['Answers', html`<code>${command.fact}</code>`],
        ['Id', html`<code>${command.id}</code>`],
      ])}`,
    )}</div><div>${card('Asked of WHMCS', html`<p><code>${command.action}</code></p>${prettyJson(command.parameters)}`)}
${command.expects !== '{}' && card('Only if still so', prettyJson(command.expects))}
${command.answer !== null && card('WHMCS’s answer', prettyJson(command.answer))}
${command.witnesses !== null && card('Seen just before', prettyJson(command.witnesses))}</div></div>`,
  };
}
