import type { Capped, Listing } from '../queries/paging.ts';
import { type Html, type HtmlValue, html, nothing } from './html.ts';
import { link, type View } from './view.ts';

/** Small pieces that several pages are made of. */

export type Level = 'good' | 'warn' | 'bad' | 'idle';

/** A coloured dot with a word, since some people cannot see the colour. */
export function status(level: Level, text: string): Html {
  return html`<span class="cb-status cb-${level}">${text}</span>`;
}

export function card(title: HtmlValue, body: Html, actions: HtmlValue = nothing): Html {
  return html`<section class="cb-card"><header><h3>${title}</h3>${actions}</header>${body}</section>`;
}

/** What to do when there is nothing to show yet. */
export function empty(title: string, next: HtmlValue): Html {
  return html`<div class="cb-empty"><strong>${title}</strong><p>${next}</p></div>`;
}

export interface Column {
  readonly title: string;
  readonly kind?: 'amount' | 'day' | 'wide';
}

/** A table that becomes a list of cards on a narrow screen: each cell knows its column's title. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlValue[])[],
): Html {
  const kind = (index: number) => columns[index]?.kind ?? 'plain';
  return html`<div class="cb-scroll"><table class="cb-table"><caption class="cb-hidden">${caption}</caption>
<thead><tr>${columns.map((column, index) => (column.title === '' ? html`<td class="cb-col-${kind(index)}"></td>` : html`<th scope="col" class="cb-col-${kind(index)}">${column.title}</th>`))}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map(
        (cell, index) =>
          html`<td class="cb-col-${kind(index)}" data-title="${columns[index]?.title}">${content(cell)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** Wraps a cell in one element, so that a sentence with a link stays together on a narrow screen; empty cells get none. */
function content(cell: HtmlValue): Html {
  const inner = html`${cell}`;
  return String(inner) === '' ? nothing : html`<div>${inner}</div>`;
}

/** A list of names and values. Empty values are left out. */
export function facts(entries: readonly (readonly [string, HtmlValue])[]): Html {
  const shown = entries.filter(([, value]) => String(html`${value}`).trim() !== '');
  return html`<dl class="cb-facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A count, with a plus where counting stopped at the cap. */
export function count(capped: Capped): string {
  return `${groupThousands(capped.count)}${capped.more ? '+' : ''}`;
}

/** `40,000`. */
export function groupThousands(value: number | bigint): string {
  return value.toLocaleString('en-GB');
}

/** The link to older rows, and how far a filter without an index has looked. */
export function pager(
  view: View,
  page: string,
  listing: Pick<Listing<unknown>, 'next' | 'lookedThrough'>,
  filter: Readonly<Record<string, string | number | undefined>>,
): Html {
  const looked =
    listing.lookedThrough !== undefined &&
    html`<p class="cb-quiet">Looked through ${groupThousands(listing.lookedThrough)} rows for these.</p>`;
  const first =
    view.request.query['after'] !== undefined &&
    html`<a class="cb-button" href="${link(view, page, filter)}">Newest</a>`;
  const older =
    listing.next !== undefined &&
    html`<a class="cb-button" href="${link(view, page, { ...filter, after: listing.next })}">${
      listing.lookedThrough === undefined ? 'Older' : 'Look further back'
    }</a>`;
  return html`<div class="cb-pager">${looked}${first}${older}</div>`;
}

/** JSON for people: indented, or as it stands when it is not JSON. */
export function prettyJson(text: string | null): Html {
  if (text === null) {
    return html`<p class="cb-quiet">Not kept any more.</p>`;
  }
  let pretty = text;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Shown as it was received.
  }
  return html`<pre class="cb-code"><code>${pretty}</code></pre>`;
}
