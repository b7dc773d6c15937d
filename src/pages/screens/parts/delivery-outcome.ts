import type { Html } from '../../html/html.ts';
import { type Level, status } from '../../html/parts.ts';

const OUTCOMES: Readonly<Record<string, { readonly level: Level; readonly text: string }>> = {
  accepted: { level: 'good', text: 'Accepted' },
  refused: { level: 'bad', text: 'Refused' },
  'not-visible-yet': { level: 'idle', text: 'Not visible yet' },
};

/** The outcomes of a delivery, for a filter. */
export const deliveryOutcomes = Object.entries(OUTCOMES).map(([value, { text }]) => ({
  value,
  text,
}));

export function outcomeStatus(outcome: string): Html {
  const known = OUTCOMES[outcome];
  return known === undefined ? status('idle', outcome) : status(known.level, known.text);
}
