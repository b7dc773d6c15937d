import { defineScreen } from '../define-screen.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { type Html, html } from '../html/html.ts';
import { empty, pager, table } from '../html/parts.ts';
import { link, money, time, type View } from '../html/view.ts';
import { driftPage } from './drift-page.ts';
import { type DriftRow, listDrifts } from './drifts-page.sql.ts';

/** Clients about whom WHMCS and the ledger differ. */
export const driftsPage = defineScreen({
  path: 'drifts',
  tab: { group: 'Differences', title: 'Balances' },
  right: 'see',
  async show(context) {
    const { db, view } = context;
    const clientId = queryId(view.request, 'client');
    if (clientId !== undefined) return driftPage.show(context, { client: String(clientId) });
    const listing = await listDrifts(db, queryText(view.request, 'after'));
    return {
      title: 'Differences',
      body: html`<p class="cb-lead">Clients whose balance in WHMCS differed from the ledger in two checks five minutes apart. Their credit is used up to the smaller of the two, and nothing is corrected until you say what happened.</p>
${
  listing.rows.length === 0
    ? empty(
        'WHMCS and the ledger agree',
        html`Balances are compared continuously. Changes that no hook reported are under <a href="${link(view, 'findings')}">What hooks missed</a>.`,
      )
    : driftTable(view, listing.rows)
}
${pager(view, 'drifts', listing, {})}`,
    };
  },
});

function driftTable(view: View, rows: readonly DriftRow[]): Html {
  return table(
    'Differences',
    [
      { title: 'Client', kind: 'wide' },
      { title: 'WHMCS', kind: 'amount' },
      { title: 'Ledger', kind: 'amount' },
      { title: 'Difference', kind: 'amount' },
      { title: 'Since' },
    ],
    rows.map(
      ({ clientId, currencyId, whmcsHundredths: whmcs, ledgerHundredths: ledger, ...row }) => [
        html`<a href="${link(view, `drifts/${clientId}`)}">Client #${clientId}</a>`,
        money(view, whmcs, currencyId),
        money(view, ledger, currencyId),
        html`${whmcs > ledger && '+'}${money(view, whmcs - ledger, currencyId)}`,
        time(view, row.firstSeenAt),
      ],
    ),
  );
}
