import { listParkings } from '../../parking/index.ts';
import { defineScreen } from '../define-screen.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { html } from '../html/html.ts';
import { empty, pager } from '../html/parts.ts';
import { link } from '../html/view.ts';
import { parkingCard } from './parts/parking-card.ts';

/** A screenful or two. */
const SHOWN = 25;

/** Credit that waits for somebody's decision: of payments in doubt, or parked by hand. */
export const parkedPage = defineScreen({
  path: 'parked',
  tab: { group: 'Approvals', title: 'Parked credit' },
  right: 'see',
  async show({ db, view }) {
    const all = queryText(view.request, 'all') !== undefined;
    const clientId = queryId(view.request, 'client');
    const after = queryText(view.request, 'after');
    const listing = await listParkings(db, { all, clientId }, after, SHOWN);
    const parameters = { client: clientId, all: all ? 'yes' : undefined };
    return {
      title: 'Parked credit',
      body: html`<p class="cb-lead">Credit of payments that a gateway told several times, or that cannot be right, and what rules and admins parked, waits here off the balance, so that WHMCS cannot spend it. Give it back if the money came: it keeps its kind and last day. Keep it if the money never came. <a href="${link(view, 'ledger-settings')}">When a surplus cannot be right</a></p>
<p class="cb-switch-list">${
        all
          ? html`<a href="${link(view, 'parked', { client: clientId })}">Only what waits</a>`
          : html`<a href="${link(view, 'parked', { client: clientId, all: 'yes' })}">Show decided ones, too</a>`
      }</p>
${
  listing.rows.length === 0
    ? empty(
        all ? 'Nothing was parked yet' : 'Nothing is parked',
        'Credit that must wait appears here.',
      )
    : html`<div class="cb-proposals">${listing.rows.map((one) => parkingCard(view, one))}</div>`
}
${pager(view, 'parked', { next: listing.next, lookedThrough: undefined }, parameters)}`,
    };
  },
});
