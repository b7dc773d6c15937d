import { defineScreen } from '../define-screen.ts';
import { filterForm } from '../form/filter-form.ts';
import { queryId, queryText } from '../form/read-query.ts';
import { type Html, html, nothing } from '../html/html.ts';
import { empty, pager, table } from '../html/parts.ts';
import { about, link, money, time, type View } from '../html/view.ts';
import type { DecisionRow } from '../queries/decisions.ts';
import { titlesIn } from '../queries/rule-entries.ts';
import { type DecisionFilter, listDecisions } from './decisions-page.sql.ts';
import { decisionOutcomes, effectText, outcomeStatus } from './parts/decision-list.ts';

/** What the rules decided, last made first. */
export const decisionsPage = defineScreen({
  path: 'decisions',
  tab: { group: 'History', title: 'Decisions' },
  right: 'see',
  async show({ db, view, rules }) {
    const filter = readFilter(view);
    const listing = await listDecisions(db, filter, queryText(view.request, 'after'));
    const narrowed = Object.values(filter).some((value) => value !== undefined);
    return {
      title: 'Decisions',
      body: html`<p class="cb-lead">What each rule decided and why. A decision that changes nothing is kept once, with how often it was made.</p>
${filterForm(
  view,
  'decisions',
  [
    {
      name: 'rule',
      title: 'Rule',
      options: rules.rules().map(({ id, title }) => ({ value: id, text: title })),
    },
    { name: 'outcome', title: 'Outcome', options: decisionOutcomes },
  ],
  [
    { name: 'client', title: 'Client id' },
    { name: 'invoice', title: 'Invoice id' },
  ],
)}
${listing.rows.length === 0 ? noDecision(view, narrowed) : decisionTable(view, listing.rows, titlesIn({ rules }))}
${pager(view, 'decisions', listing, {
  rule: filter.rule,
  outcome: filter.outcome,
  client: filter.clientId,
  invoice: filter.invoiceId,
})}`,
    };
  },
});

function readFilter({ request }: View): DecisionFilter {
  const rule = queryText(request, 'rule');
  const outcome = queryText(request, 'outcome');
  const clientId = queryId(request, 'client');
  const invoiceId = queryId(request, 'invoice');
  return {
    ...(rule !== undefined && { rule }),
    ...(outcome !== undefined && { outcome }),
    ...(clientId !== undefined && { clientId }),
    ...(invoiceId !== undefined && { invoiceId }),
  };
}

function noDecision(view: View, narrowed: boolean): Html {
  return narrowed
    ? empty(
        'No decision matches',
        html`<a href="${link(view, 'decisions')}">Show all decisions</a>`,
      )
    : empty(
        'No rule has decided anything yet',
        html`<a href="${link(view, 'rules')}">Turn a rule to <em>Observe</em></a>: it then records what it would do, without doing it.`,
      );
}

function decisionTable(
  view: View,
  rows: readonly DecisionRow[],
  titleOf: (rule: string) => string,
): Html {
  return table(
    'Decisions',
    [
      { title: 'Why', kind: 'wide' },
      { title: 'Outcome' },
      { title: 'Amount', kind: 'amount' },
      { title: 'About' },
      { title: 'When' },
    ],
    rows.map((row) => [
      html`<a href="${link(view, `decisions/${row.id}`)}">${row.reason || effectText(row.effect)}</a><small>${row.effect !== '' && html`${effectText(row.effect)} · `}${titleOf(row.rule)} at ${row.event}</small>`,
      outcomeStatus(row.outcome),
      row.amountHundredths > 0n ? money(view, row.amountHundredths, row.currencyId) : nothing,
      about(view, row),
      html`${time(view, row.lastAt)}${row.times > 1 && html`<small>${row.times} times</small>`}`,
    ]),
  );
}
