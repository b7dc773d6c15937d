import { entryWords, grantWords } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { Approval, Operation } from '../../operations/index.ts';
import { homeOfKind } from '../../rules/settle/index.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { accountLink, invoiceLink, link, moneyText, type View } from '../html/view.ts';
import { unreadable } from './unreadable.ts';

/**
 * What an operation would do, in one sentence.
 *
 * @param titleOf what a rule is called.
 */
export function operationSentence(
  view: View,
  row: Approval,
  titleOf: (rule: string) => string,
): Html {
  const one: Operation | null = row.operation;
  if (one === null) {
    return html`${unreadable(`Proposal ${row.id}`, 'Reject it, and propose anew what is wanted.')}`;
  }
  const amount = html`<strong class="cb-money">${moneyText(view, row.amountHundredths, row.currencyId)}</strong>`;
  const client = accountLink(view, row.clientId);
  const ruleLink = (rule: string) =>
    html`<a href="${link(view, `rules/${rule}`)}">${titleOf(rule)}</a>`;
  switch (one.kind) {
    case 'add':
      return html`Add ${amount} (${grantWords[one.grantKind].forAdmins.toLowerCase()}${one.refundable && ', may be paid out'}) to ${client}${
        one.startsOn !== null && html`, from ${dayText(one.startsOn)}`
      }${one.expiresOn !== null && html`, to be used until ${dayText(one.expiresOn)}`}`;
    case 'deduct':
      return html`Deduct ${amount} from ${client}${one.grantId !== null && html`, from grant #${one.grantId}`}`;
    case 'transfer':
      return html`Transfer ${amount} from ${client} to ${accountLink(view, one.toClientId)}`;
    case 'return':
      return html`Return ${amount} from ${invoiceLink(view, one.invoiceId)} to ${client}`;
    case 'revoke':
      return html`Revoke what remains of grant #${one.grantId} of ${client}, at most ${amount}`;
    case 'reclaim':
      return html`Take back ${amount} of grant #${one.grantId} of ${client}, whose payment was refunded`;
    case 'park':
      return html`Park ${amount} of grant #${one.grantId} of ${client} until somebody decides`;
    case 'unpark':
      return html`Give ${amount} of parked credit back to ${client}`;
    case 'keep':
      return html`Keep ${amount} of parked credit of ${client}`;
    case 'give-back':
      return html`Give ${amount} back to ${client} that was taken as expired too early (entry #${one.entry})`;
    case 'correct':
      return html`Correct the balance of ${client} by ${one.direction === 'add' ? '+' : '−'}${amount}`;
    case 'accept':
      return parseAmount(one.whmcs) < parseAmount(one.ledger)
        ? html`Accept that ${amount} of ${client} was spent, which WHMCS lacks`
        : html`Accept ${amount} by which WHMCS exceeds the ledger for ${client}, as ${grantWords[one.as].forAdmins.toLowerCase()}`;
    case 'explain':
      return html`Explain ${amount} of ${client} (entry #${one.entry}) as: ${entryWords[one.origin].name.toLowerCase()}${
        one.invoiceId !== null && html`, ${invoiceLink(view, one.invoiceId)}`
      }`;
    case 'threshold':
      return html`Change the approval amounts: a second admin has to agree ${amountsText(view, one.amounts)}`;
    case 'effect':
      return html`The rule ${ruleLink(one.rule)} wants to ${effectText(view, row, one)}, for ${client} (<a href="${link(view, `decisions/${row.id}`)}">why</a>)`;
    case 'rule':
      return one.now === null
        ? html`Remove the settings of the rule ${ruleLink(one.rule)} for ${whom(view, one)}`
        : html`Set the rule ${ruleLink(one.rule)} to “${one.now.mode}”, with its settings, for ${whom(view, one)}`;
  }
}

/** `put $5.00 on invoice #9` */
function effectText(
  view: View,
  { amountHundredths, currencyId }: Approval,
  { effect, invoiceId }: Extract<Operation, { kind: 'effect' }>,
): string {
  const words = homeOfKind(String(effect['kind']))?.words;
  if (words === undefined) return 'do what this version does not know';
  const client = 'the client';
  const amount = moneyText(view, amountHundredths, currencyId);
  const target = invoiceId === null ? client : `invoice #${invoiceId}`;
  return `${words.verb} ${words.object({ amount, client, target, due: '', spendable: '' })}`;
}

function whom(view: View, { layer, layerId }: Extract<Operation, { kind: 'rule' }>): Html | string {
  switch (layer) {
    case 'installation':
      return 'everyone';
    case 'group':
      return `client group #${layerId}`;
    case 'client':
      return accountLink(view, layerId);
  }
}

/** `above $100.00 USD or €90.00 EUR`; amounts by the id of their currency. */
export function amountsText(view: View, amounts: Readonly<Record<string, string>>): string {
  const texts = Object.entries(amounts).map(([id, amount]) =>
    moneyText(view, parseAmount(amount), Number(id)),
  );
  return texts.length === 0 ? 'in no case' : `above ${texts.join(' or ')}`;
}
