import { defineScreen } from '../define-screen.ts';
import { postForm } from '../form/post-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { empty, type Level, pager, status } from '../html/parts.ts';
import { accountLink, invoiceLink, link, time, type View } from '../html/view.ts';
import { actorText } from '../words/actor-text.ts';
import { type FindingRow, listFindings } from './findings-page.sql.ts';
import { reclaimButton } from './parts/reclaim-button.ts';

/** What no hook told and sweeps found: first what needs somebody, or everything. */
export const findingsPage = defineScreen({
  path: 'findings',
  tab: { group: 'Differences', title: 'What hooks missed' },
  right: 'see',
  async show({ db, view }) {
    const all = queryText(view.request, 'show') === 'all';
    const clientId = queryId(view.request, 'client');
    const filter = { all, ...(clientId !== undefined && { clientId }) };
    const listing = await listFindings(db, filter, queryText(view.request, 'after'));
    const parameters = { show: all ? 'all' : undefined, client: clientId };
    return {
      title: 'What hooks missed',
      actions: html`<a class="cb-button" href="${link(view, 'findings', { client: clientId, show: all ? undefined : 'all' })}">${all ? 'Only what needs somebody' : 'Show all'}</a>`,
      body: html`<p class="cb-lead">Some changes in WHMCS fire no hook, and some hooks are lost. Credit Bridge looks for both and acts where it can. The rest is listed here for you, together with operations by hand that could not be completed.</p>
${
  listing.rows.length === 0
    ? empty(
        all ? 'Nothing was found' : 'Nothing needs you',
        'The newest invoices are looked at each minute, all others once a day.',
      )
    : html`<div class="cb-list">${listing.rows.map((row) => findingCard(view, row))}</div>`
}
${pager(view, 'findings', listing, parameters)}`,
    };
  },
});

const OUTCOMES: Readonly<Record<string, readonly [Level, string]>> = {
  open: ['warn', 'Needs somebody'],
  settled: ['good', 'Settled'],
  told: ['good', 'The rules were told'],
  asked: ['good', 'WHMCS was asked'],
  recorded: ['good', 'In the ledger'],
  waiting: ['idle', 'A hook may still come'],
};

function findingCard(view: View, row: FindingRow): Html {
  const [level, text] = OUTCOMES[row.outcome] ?? ['idle', row.outcome];
  return html`<section class="cb-card"><header><h3>${status(level, text)}</h3>${time(view, row.foundAt)}</header>
<p>${row.text}</p><p class="cb-links">${invoiceLink(view, row.invoiceId)} ${accountLink(view, row.clientId)}</p>
${
  row.outcome === 'settled'
    ? html`<p class="cb-quiet">${actorText(view, row.settledBy)}, ${time(view, row.settledAt)}: ${row.reason}</p>`
    : nothing
}${row.outcome === 'open' ? reclaimOf(view, row) : nothing}${row.outcome === 'open' && view.mayManage ? settleForm(view, row) : nothing}</section>`;
}

/** Credit that stays although its money went back can be taken back here. */
function reclaimOf(view: View, { fact }: FindingRow): Html {
  const grantId = /^money-back:(\d+):/.exec(fact)?.[1];
  return grantId === undefined ? nothing : reclaimButton(view, grantId);
}

function settleForm(view: View, { fact }: FindingRow): Html {
  return postForm(view, {
    page: 'findings',
    act: 'settle-finding',
    className: 'cb-form cb-row',
    body: html`<input type="hidden" name="fact" value="${fact}"><label class="cb-field">What was done about it <input type="text" name="reason" required maxlength="500"></label><button type="submit" class="cb-button">Settled</button>`,
  });
}
