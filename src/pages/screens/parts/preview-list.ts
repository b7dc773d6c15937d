import type { KeptPreview, ListedPreview } from '../../../preview/index.ts';
import { type Html, html } from '../../html/html.ts';
import { type Level, status } from '../../html/parts.ts';
import { link, time, type View } from '../../html/view.ts';
import { actorText } from '../../words/actor-text.ts';

/** Previews listed beside the form. */
export const PREVIEWS_SHOWN = 5;

export const SPANS: Readonly<Record<KeptPreview['span'], string>> = {
  past: 'The past 90 days',
  tomorrow: 'Tomorrow’s daily run',
};

export const PREVIEW_STATES: Readonly<Record<KeptPreview['state'], readonly [Level, string]>> = {
  running: ['warn', 'Running'],
  done: ['good', 'Done'],
  stopped: ['idle', 'Stopped'],
  left: ['idle', 'Ended, nobody looked'],
  failed: ['bad', 'Failed'],
};

/** Previews with ways to their pages; one of another rule is named. */
export function previewList(view: View, rule: string, previews: readonly ListedPreview[]): Html {
  return html`<ul class="cb-layers">${previews.map(
    ({ id, adminId, rule: of, span, state, askedAt }) =>
      html`<li><a href="${link(view, `previews/${id}`)}">${SPANS[span]}</a>${of !== rule && html` <code>${of}</code>`} ${status(...PREVIEW_STATES[state])}
<span class="cb-quiet">${time(view, askedAt)}, ${actorText(view, `admin:${adminId}`)}</span></li>`,
  )}</ul>`;
}
