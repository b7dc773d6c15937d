import { findGrant } from '../../books/index.ts';
import { type ClientGrant, grantWords } from '../../ledger/index.ts';
import { defineScreen } from '../define-screen.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts, table } from '../html/parts.ts';
import { accountLink, invoiceLink, link, money } from '../html/view.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { reclaimButton } from './parts/reclaim-button.ts';

/** One grant: its terms, and what used it. */
export const grantPage = defineScreen({
  path: 'grant/:id',
  tab: 'clients',
  right: 'see',
  async show({ db, rules, view }, { id }) {
    const detail = /^\d{1,20}$/.test(id) ? await findGrant(db, BigInt(id)) : undefined;
    if (detail === undefined) return undefined;
    const { grant, drawDowns, moreDrawDowns } = detail;
    const show = (hundredths: bigint) => money(view, hundredths, grant.currencyId);
    return {
      title: `${grantWords[grant.kind].forAdmins} #${grant.id}`,
      parent: { page: `client/${grant.clientId}`, title: `Client #${grant.clientId}` },
      actions:
        view.mayManage && grant.remainingHundredths > 0n
          ? html`<a class="cb-button" href="${link(view, `client/${grant.clientId}/revoke`, { grant: String(grant.id) })}">Revoke what is left</a>`
          : nothing,
      body: html`<div class="cb-columns"><div>${card(
        'What used it',
        drawDowns.length === 0
          ? empty('Nothing yet', 'Nothing of it was used.')
          : html`${table(
              'Draw-downs',
              [
                { title: 'Entry' },
                { title: 'What', kind: 'wide' },
                { title: 'Amount', kind: 'amount' },
              ],
              drawDowns.map((one) => [
                `#${one.spend}`,
                one.direction === 'draw'
                  ? one.by === one.spend
                    ? 'Used'
                    : html`Used later, for what was not covered <small>by entry #${one.by}</small>`
                  : html`Given back <small>by entry #${one.by}</small>`,
                html`${one.direction === 'draw' ? '−' : '+'}${show(one.amountHundredths)}`,
              ]),
            )}${moreDrawDowns && html`<p class="cb-quiet">There are more; the export has all of them.</p>`}`,
      )}</div><div>${card(
        'The grant',
        facts([
          ['Left', show(grant.remainingHundredths)],
          ['Of', show(grant.amountHundredths)],
          ['Client', accountLink(view, grant.clientId)],
          ['Since', grant.openedOn !== null && dayText(grant.openedOn)],
          ['From', grant.startsOn !== null && dayText(grant.startsOn)],
          ['Use by', grant.expiresOn !== null && dayText(grant.expiresOn)],
          ['Priority', grant.priority],
          ['May be paid out', paidOut(grant, show)],
          [
            'Its money went back',
            grant.withoutMoneyHundredths > 0n &&
              html`${show(grant.moneyBackHundredths)} ${reclaimButton(view, String(grant.id), show(grant.withoutMoneyHundredths))}`,
          ],
          ['Given by', titlesIn({ rules })(grant.rule)],
          [
            'Goes with',
            grant.followsInvoiceId !== null && html`${invoiceLink(view, grant.followsInvoiceId)}`,
          ],
          [
            'Command',
            grant.commandId !== null &&
              html`<a href="${link(view, `commands/${grant.commandId}`)}">what WHMCS was asked</a>`,
          ],
        ]),
      )}</div></div>`,
    };
  },
});

function paidOut(
  { refundable, remainingHundredths, withoutMoneyHundredths }: ClientGrant,
  show: (hundredths: bigint) => Html,
): string | Html {
  if (!refundable) return 'no';
  if (withoutMoneyHundredths === 0n) return 'yes';
  return html`${show(remainingHundredths - withoutMoneyHundredths)} of it`;
}
