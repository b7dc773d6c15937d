import { homeOfKind } from '../../../rules/settle/index.ts';
import { type Html, html } from '../../html/html.ts';
import { type Level, status } from '../../html/parts.ts';
import { about, link, money, time, type View } from '../../html/view.ts';
import type { DecisionRow } from '../../queries/decisions.ts';

const OUTCOMES: Readonly<Record<string, { readonly level: Level; readonly text: string }>> = {
  effect: { level: 'good', text: 'Acted' },
  waits: { level: 'warn', text: 'Waits' },
  observed: { level: 'idle', text: 'Observed' },
  skipped: { level: 'idle', text: 'Skipped' },
  faulted: { level: 'bad', text: 'Fault' },
};

/** The outcomes of a decision, for a filter. */
export const decisionOutcomes = Object.entries(OUTCOMES).map(([value, { text }]) => ({
  value,
  text,
}));

export function outcomeStatus(outcome: string): Html {
  const known = OUTCOMES[outcome];
  return known === undefined ? status('idle', outcome) : status(known.level, known.text);
}

export function effectText(kind: string): string {
  return homeOfKind(kind)?.words.name ?? kind;
}

/** Decisions as a list of sentences. */
export function decisionList(view: View, decisions: readonly DecisionRow[]): Html {
  return html`<ul class="cb-stories">${decisions.map(
    (decision) => html`<li>
<a class="cb-story" href="${link(view, `decisions/${decision.id}`)}">${decision.reason || effectText(decision.effect)}</a>
<footer>${outcomeStatus(decision.outcome)} ${
      decision.amountHundredths > 0n && money(view, decision.amountHundredths, decision.currencyId)
    } ${about(view, decision)} <span class="cb-quiet">${time(view, decision.lastAt)}</span></footer></li>`,
  )}</ul>`;
}
