import type { Command } from '../../commands/index.ts';
import type { Occurrence } from '../../events/index.ts';
import type { PastDelivery, PastEntry } from './read-past.ts';

/** Something that happens to a client while the past is lived through. */
export type Moment = { readonly at: string } & (
  | {
      readonly kind: 'entry';
      readonly entry: PastEntry;
      /** When the ledger had read it, and told the rules. */
      readonly toldAt: string;
    }
  | {
      readonly kind: 'payment';
      /** Its row in WHMCS, and the day that stands there. */
      readonly id: number;
      readonly on: string | null;
      readonly invoiceId: number;
      readonly inHundredths: bigint;
      readonly outHundredths: bigint;
    }
  | { readonly kind: 'closed'; readonly invoiceId: number; readonly as: string }
  | { readonly kind: 'delivery'; readonly delivery: PastDelivery }
  | { readonly kind: 'found'; readonly occurrence: Occurrence; readonly depth: number }
  | { readonly kind: 'run'; readonly date: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly rule: string;
      readonly fact: string;
      readonly invoiceId: number | null;
      readonly depth: number;
    }
);

/** Of one instant, what changed comes before who is asked about it; the log keeps its order. */
const RANKS: Readonly<Record<Moment['kind'], number>> = {
  entry: 0,
  payment: 1,
  closed: 2,
  command: 3,
  delivery: 4,
  found: 5,
  run: 6,
};

export function byMoment(a: Moment, b: Moment): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.kind === 'entry' && b.kind === 'entry') {
    return a.entry.sequence < b.entry.sequence ? -1 : 1;
  }
  return RANKS[a.kind] - RANKS[b.kind];
}
