import { defineScreen } from '../define-screen.ts';
import { html, nothing } from '../html/html.ts';
import { card, facts, prettyJson } from '../html/parts.ts';
import { accountLink, invoiceLink, link, money, time, whmcsInvoiceLink } from '../html/view.ts';
import { commandHint, commandStatus, commandTitle } from '../words/command-words.ts';
import { findCommand } from './command-page.sql.ts';
import { commandInDoubt } from './parts/command-in-doubt.ts';
import { notedCard } from './parts/noted-limits.ts';

/** One command, from what it expects to what proves it. */
export const commandPage = defineScreen({
  path: 'commands/:id',
  tab: 'commands',
  right: 'see',
  async show({ db, rules, view }, { id }) {
    const command = await findCommand(db, id);
    if (command === undefined) return undefined;
    const inDoubt = command.state === 'unknown' ? await commandInDoubt(db, view, command) : nothing;
    const noted = await notedCard({ db, rules }, command);
    return {
      title: commandTitle(view, command),
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
          ['Attempts', command.attempts],
          [
            'Proof',
            command.creditLogId !== null && html`row ${command.creditLogId} of WHMCS’s credit log`,
          ],
          ['Fact', html`<code>${command.fact}</code>`],
          ['Id', html`<code>${command.id}</code>`],
        ])}`,
      )}${noted}</div><div>${card('The command to WHMCS', html`<p><code>${command.action}</code></p>${prettyJson(command.parameters)}`)}
${command.expects !== '{}' && card('Runs only if this still holds', prettyJson(command.expects))}
${command.answer !== null && card('WHMCS’s answer', prettyJson(command.answer))}
${command.witnesses !== null && card('WHMCS just before', prettyJson(command.witnesses))}</div></div>`,
    };
  },
});
