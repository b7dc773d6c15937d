import { defineScreen } from '../define-screen.ts';
import { filterForm } from '../form/filter-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { empty, pager, table } from '../html/parts.ts';
import { about, link, time, type View } from '../html/view.ts';
import type { DeliveryRow } from '../queries/deliveries.ts';
import { type DeliveryFilter, listDeliveries } from './deliveries-page.sql.ts';
import { deliveryOutcomes, outcomeStatus } from './parts/delivery-outcome.ts';

/** WHMCS's hooks as they arrived. */
export const deliveriesPage = defineScreen({
  path: 'deliveries',
  tab: { group: 'History', title: 'Deliveries' },
  right: 'see',
  async show({ db, view }) {
    const filter = readFilter(view);
    const listing = await listDeliveries(db, filter, queryText(view.request, 'after'));
    const parameters = {
      outcome: filter.outcome,
      client: filter.clientId,
      invoice: filter.invoiceId,
    };
    const narrowed = Object.values(filter).some((value) => value !== undefined);
    return {
      title: 'Deliveries',
      body: html`<p class="cb-lead">Each WHMCS hook about credit, as the service received it.</p>
${filterForm(
  view,
  'deliveries',
  [{ name: 'outcome', title: 'Outcome', options: deliveryOutcomes }],
  [
    { name: 'client', title: 'Client id' },
    { name: 'invoice', title: 'Invoice id' },
  ],
)}
${
  listing.rows.length === 0
    ? empty(
        narrowed ? 'No delivery matches' : 'Nothing was delivered yet',
        narrowed
          ? html`<a href="${link(view, 'deliveries')}">Show all deliveries</a>`
          : 'The first arrives when an invoice is created or a payment comes in. If that happened already, look at the backlog on the overview.',
      )
    : deliveryTable(view, listing.rows)
}
${pager(view, 'deliveries', listing, parameters)}`,
    };
  },
});

function readFilter({ request }: View): DeliveryFilter {
  const outcome = queryText(request, 'outcome');
  const clientId = queryId(request, 'client');
  const invoiceId = queryId(request, 'invoice');
  return {
    ...(outcome !== undefined && { outcome }),
    ...(clientId !== undefined && { clientId }),
    ...(invoiceId !== undefined && { invoiceId }),
  };
}

function deliveryTable(view: View, rows: readonly DeliveryRow[]): Html {
  return table(
    'Deliveries',
    [
      { title: 'Hook', kind: 'wide' },
      { title: 'Outcome' },
      { title: 'About' },
      { title: 'Received' },
    ],
    rows.map((row) => [
      html`<a href="${link(view, `deliveries/${row.id}`)}">${row.type}</a>${row.message !== '' && html`<small>${row.message}</small>`}`,
      outcomeStatus(row.outcome),
      about(view, row),
      time(view, row.receivedAt),
    ]),
  );
}
