import { filterForm } from '../form/filter-form.ts';
import { buttonForm } from '../form/post-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import type { Screen } from '../html/frame.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { card, empty, facts, type Level, pager, prettyJson, status, table } from '../html/parts.ts';
import { about, clientLink, invoiceLink, link, time, type View } from '../html/view.ts';
import type { AdminStore, DeliveryFilter, DeliveryRow } from '../ports.ts';

const OUTCOMES: Readonly<Record<string, { readonly level: Level; readonly text: string }>> = {
  accepted: { level: 'good', text: 'Accepted' },
  refused: { level: 'bad', text: 'Refused' },
  'not-visible-yet': { level: 'idle', text: 'Not visible yet' },
};

function outcomeStatus(outcome: string): Html {
  const known = OUTCOMES[outcome];
  return known === undefined ? status('idle', outcome) : status(known.level, known.text);
}

/** Hooks of WHMCS as they arrived. */
export async function deliveriesPage(view: View, store: AdminStore): Promise<Screen> {
  const filter = readFilter(view);
  const listing = await store.deliveries(filter, queryText(view.request, 'after'));
  const parameters = {
    outcome: filter.outcome,
    client: filter.clientId,
    invoice: filter.invoiceId,
  };
  const narrowed = Object.values(filter).some((value) => value !== undefined);
  return {
    title: 'Deliveries',
    tab: 'deliveries',
    body: html`<p class="cb-lead">Each hook of WHMCS that bears on credit, as it reached the service.</p>
${filterForm(
  view,
  'deliveries',
  [
    {
      name: 'outcome',
      title: 'Outcome',
      options: Object.entries(OUTCOMES).map(([value, { text }]) => ({ value, text })),
    },
  ],
  [
    { name: 'client', title: 'Client id' },
    { name: 'invoice', title: 'Invoice id' },
  ],
)}
${
  listing.rows.length === 0
    ? empty(
        narrowed ? 'None like this' : 'Nothing was delivered yet',
        narrowed
          ? html`<a href="${link(view, 'deliveries')}">Show all deliveries</a>`
          : 'The first arrives when an invoice is made or a payment comes in. If that happened already, look at the backlog on the overview.',
      )
    : deliveryTable(view, listing.rows)
}
${pager(view, 'deliveries', listing, parameters)}`,
  };
}

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

/** One delivery with everything it said. */
export function deliveryPage(
  view: View,
  row: DeliveryRow & { readonly item: string | null },
): Screen {
  const replayable = row.outcome === 'refused' && row.item !== null && view.mayManage;
  return {
    title: row.type,
    tab: 'deliveries',
    parent: { page: 'deliveries', title: 'Deliveries' },
    ...(replayable && {
      actions: buttonForm(view, { page: `deliveries/${row.id}`, act: 'replay', label: 'Replay' }),
    }),
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
    )}</div><div>${card('What WHMCS told', prettyJson(row.item))}</div></div>`,
  };
}
