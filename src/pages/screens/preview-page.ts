import { csvText } from '../../api/index.ts';
import {
  type KeptPreview,
  lookAtPreview,
  type Previewed,
  type PreviewedClient,
  previewTable,
} from '../../preview/index.ts';
import { defineScreen } from '../define-screen.ts';
import { buttonForm } from '../form/post-form.ts';
import { type Html, html } from '../html/html.ts';
import { dayText } from '../html/moment.ts';
import { card, empty, facts, groupThousands, status, table } from '../html/parts.ts';
import { accountLink, link, money, time, type View } from '../html/view.ts';
import { actorText } from '../words/actor-text.ts';
import { effectText } from './parts/decision-list.ts';
import { addressOf, layerTitle } from './parts/layer-list.ts';
import { PREVIEW_STATES, SPANS } from './parts/preview-list.ts';
import { type ClientGroupRow, listClientGroups } from './rule-page.sql.ts';

/** A page that waits asks again after so long; a preview ends when nobody has asked for a minute. */
const REFRESH_SECONDS = 2;

/** One preview: how far it is, or what came out. To look at it keeps it running. */
export const previewPage = defineScreen({
  path: 'previews/:id',
  tab: 'rules',
  right: 'see',
  async show({ db, view, rules }, { id }) {
    const [preview, groups] = await Promise.all([lookAtPreview(db, id), listClientGroups(db)]);
    if (preview === undefined) return undefined;
    const titles = new Map(rules.rules().map(({ id, title }) => [id, title]));
    const titleOf = (rule: string) => titles.get(rule) ?? rule;
    const { rule } = preview.draft;
    return {
      title: `Preview of ${titleOf(rule)}`,
      parent: { page: `rules/${rule}`, title: titleOf(rule) },
      body: html`<p class="cb-lead">What these settings ${
        preview.span === 'past' ? 'would have done' : 'would do'
      }, as if the rule were on. Nothing was changed: no credit was moved, no mail was sent.</p>
<div class="cb-columns"><div>${outcome(view, preview, titleOf)}</div>
<div>${card('What is tried', about(view, preview, groups, titleOf))}</div></div>`,
    };
  },
});

function about(
  view: View,
  preview: KeptPreview,
  groups: readonly ClientGroupRow[],
  titleOf: (rule: string) => string,
): Html {
  const { id, draft, span, state, adminId, askedAt } = preview;
  const { rule } = draft;
  return html`${facts([
    ['Rule', titleOf(rule)],
    ['Settings for', layerTitle(draft, groups)],
    ['Time', SPANS[span]],
    ['Asked by', actorText(view, `admin:${adminId}`)],
    ['Asked', time(view, askedAt)],
    ['State', status(...PREVIEW_STATES[state])],
  ])}
<div class="cb-buttons"><a class="cb-button" href="${link(view, `rules/${rule}`, { ...addressOf(draft), preview: id })}">Back to these settings</a></div>
<p class="cb-help">The form opens with them, and nothing is saved by that. A preview is kept for a day; then run it again.</p>`;
}

function outcome(view: View, preview: KeptPreview, titleOf: (rule: string) => string): Html {
  switch (preview.state) {
    case 'running':
      return running(view, preview);
    case 'done':
      return preview.result === undefined
        ? empty('Its result cannot be read', 'Run it again.')
        : result(view, preview.result, titleOf);
    case 'stopped':
      return empty('It was stopped', 'It has no result. Run it again from these settings.');
    case 'left':
      return empty(
        'It ended because nobody looked',
        'A preview goes on as long as its page is open. Run it again from these settings.',
      );
    case 'failed':
      return empty('It has no result', preview.says);
  }
}

function running(view: View, { id, done, of }: KeptPreview): Html {
  const progress =
    of === 0
      ? html`<progress aria-label="How far it is"></progress><p role="status">It is beginning.</p>`
      : html`<progress aria-label="How far it is" max="${of}" value="${done}"></progress>
<p role="status">${groupThousands(done)} of ${groupThousands(of)} looked at.</p>`;
  return card(
    'It is running',
    html`<div class="cb-progress" data-cb-refresh-seconds="${REFRESH_SECONDS}">${progress}</div>
<p class="cb-help">This page asks again by itself, every ${REFRESH_SECONDS} seconds. Leave it open: the preview ends when nobody has looked for a minute.</p>
<div class="cb-buttons"><a class="cb-button" href="${link(view, `previews/${id}`)}">Look again</a>
${view.mayManage && buttonForm(view, { page: `previews/${id}`, act: 'stop-preview', label: 'Stop' })}</div>`,
  );
}

function result(view: View, previewed: Previewed, titleOf: (rule: string) => string): Html {
  const { from, to, clients, invoices, changedClients, changed, unknown, asOfToday } = previewed;
  const days = from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
  const download = html`<a class="cb-button cb-small" download="preview-${to}.csv" href="${csvAddress(previewed)}">Download CSV</a>`;
  return html`${card(
    'What came out',
    html`${facts([
      ['Days', days],
      ['Clients looked at', groupThousands(clients)],
      ['Invoices with an effect', groupThousands(invoices)],
      ['Clients who would end with another balance', groupThousands(changedClients)],
    ])}${effectTable(view, previewed, titleOf)}`,
    download,
  )}
${card('Clients with the largest change', changedTable(view, changed))}
${
  unknown.length > 0 &&
  card(
    'What can’t be known',
    html`<ul class="cb-says">${unknown.map(({ why, count }) => html`<li>${why}${count > 1 && html` <span class="cb-quiet">(${groupThousands(count)} times)</span>`}</li>`)}</ul>`,
  )
}
${
  asOfToday.length > 0 &&
  card(
    'Taken as it is today',
    html`<ul class="cb-says">${asOfToday.map((says) => html`<li>${says}</li>`)}</ul>`,
  )
}`;
}

function effectTable(view: View, { effects }: Previewed, titleOf: (rule: string) => string): Html {
  if (effects.length === 0) return empty('No effect', 'No rule would do anything with money.');
  const isOver = effects.some(({ really }) => really !== null);
  return table(
    'By rule and currency',
    [
      { title: 'Rule' },
      { title: 'Does' },
      { title: 'Would', kind: 'amount' },
      ...(isOver ? [{ title: 'Really', kind: 'amount' } as const] : []),
    ],
    effects.map(({ rule, effect, currency, count, hundredths, really }) => [
      titleOf(rule),
      effectText(effect),
      sum(view, count, hundredths, currency.id),
      ...(really === null ? [] : [sum(view, really.count, really.hundredths, currency.id)]),
    ]),
  );
}

function sum(view: View, count: number, hundredths: bigint, currencyId: number): Html {
  return html`${money(view, hundredths, currencyId)} <small class="cb-quiet">${groupThousands(count)}×</small>`;
}

function changedTable(view: View, changed: readonly PreviewedClient[]): Html {
  if (changed.length === 0) return empty('Nobody', 'Every client would end with the same balance.');
  return table(
    'Clients with the largest change',
    [
      { title: 'Client' },
      { title: 'Balance', kind: 'amount' },
      { title: 'Instead of', kind: 'amount' },
      { title: 'Change', kind: 'amount' },
    ],
    changed.map(({ clientId, currency, wouldHundredths, elseHundredths }) => [
      accountLink(view, clientId),
      money(view, wouldHundredths, currency.id),
      money(view, elseHundredths, currency.id),
      money(view, wouldHundredths - elseHundredths, currency.id),
    ]),
  );
}

/** The table as an address that holds the file itself: it is small, and what is embedded in WHMCS's page can send no file. */
function csvAddress(previewed: Previewed): string {
  const { columns, rows } = previewTable(previewed);
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csvText(columns, rows))}`;
}
