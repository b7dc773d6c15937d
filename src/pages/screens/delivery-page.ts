import { defineScreen } from '../define-screen.ts';
import { buttonForm } from '../form/post-form.ts';
import { html, nothing } from '../html/html.ts';
import { card, facts, prettyJson } from '../html/parts.ts';
import { clientLink, invoiceLink, link, time } from '../html/view.ts';
import { findDelivery } from '../queries/deliveries.ts';
import { outcomeStatus } from './parts/delivery-outcome.ts';

/** One delivery with all its data. */
export const deliveryPage = defineScreen({
  path: 'deliveries/:id',
  tab: 'deliveries',
  right: 'see',
  async show({ db, view }, { id }) {
    const row = await findDelivery(db, id);
    if (row === undefined) return undefined;
    const replayable = row.outcome === 'refused' && row.item !== null && view.mayManage;
    return {
      title: row.type,
      parent: { page: 'deliveries', title: 'Deliveries' },
      actions: replayable
        ? buttonForm(view, { page: `deliveries/${row.id}`, act: 'replay', label: 'Replay' })
        : nothing,
      body: html`<div class="cb-columns"><div>${card(
        'What became of it',
        facts([
          ['Outcome', outcomeStatus(row.outcome)],
          ['Reason', row.message],
          ['Code', row.code !== '' ? html`<code>${row.code}</code>` : nothing],
          ['Client', clientLink(row.clientId)],
          ['Invoice', invoiceLink(view, row.invoiceId)],
          ['Fired', time(view, row.firedAt)],
          ['Received', time(view, row.receivedAt)],
          ['Looked at', row.looks === 1 ? 'once' : `${row.looks} times`],
          [
            'Caused by',
            row.causedBy !== null &&
              html`<a href="${link(view, `commands/${row.causedBy}`)}">a command of ours</a>`,
          ],
          ['Id', html`<code>${row.id}</code>`],
        ]),
      )}</div><div>${card('What WHMCS sent', prettyJson(row.item))}</div></div>`,
    };
  },
});
