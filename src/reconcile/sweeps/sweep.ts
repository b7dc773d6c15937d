import type { EachAlone, ItemName } from '../../periodic/index.ts';
import type { IdWindow, InvoiceOfClient, PaidBetween, SweepStore } from '../ports.ts';
import type { TellMissed } from '../tell-missed.ts';

/** How long after the fact a hook may still be on its way: the shim sends its spool each minute, cron each five. */
export const HOOK_GRACE_MS = 600_000;

/** What a sweep works with. */
export interface SweepContext {
  readonly store: SweepStore;
  readonly tellMissed: TellMissed;
  readonly eachAlone: EachAlone;
  /** Whether a rule that is on or observing listens to any of these points. */
  readonly isHeard: (...points: readonly string[]) => boolean;
  readonly at: Date;
  /** The time in which payments count: since sweeping began, and not those whose hook may still come. */
  readonly paid: PaidBetween;
  /** The newest invoice when sweeping began: younger ones are wholly of our time. */
  readonly beganAtInvoice: number;
  /** Nothing was looked at before: what is found may be years old. */
  readonly isFirstRound: boolean;
}

/** Whether an id that begins with a number lies in the window. */
export function inWindow({ from, to }: IdWindow): (id: string) => boolean {
  return (id) => {
    const number = Number.parseInt(id, 10);
    return number >= from && number <= to;
  };
}

/** An invoice with which something fails: *Doing that with* invoice #9. */
export function nameOfInvoice(doing: string, { invoiceId, clientId }: InvoiceOfClient): ItemName {
  return { id: String(invoiceId), clientId, invoiceId, what: `${doing} invoice #${invoiceId}` };
}

/** Looks at one window of invoices for what no hook told. Doing it again finds nothing new. */
export type InvoiceSweep = (window: IdWindow, context: SweepContext) => Promise<void>;
