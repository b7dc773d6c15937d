import type { Db } from '../../db/index.ts';
import type { EachAlone, ItemName } from '../../periodic/index.ts';
import type { IdRange } from '../id-range.ts';
import type { TellMissed } from '../tell-missed.ts';

/** How late a hook may arrive: the shim sends its spool each minute, or with cron each five. */
export const HOOK_GRACE_MS = 600_000;

/** What every sweep works with. */
export interface Sweeping {
  readonly db: Db;
  readonly eachAlone: EachAlone;
  readonly at: Date;
}

/** What sweeps over invoices work with. */
export interface InvoiceSweeping extends Sweeping {
  readonly tellMissed: TellMissed;
  readonly newId: () => string;
  /** Whether a rule that is on or observing listens to any of these points. */
  readonly isHeard: (...points: readonly string[]) => boolean;
  readonly paid: PaidBetween;
  /** The newest invoice when sweeping began; all invoices above it are younger than Credit Bridge. */
  readonly beganAtInvoice: number;
  /** True until all invoices were looked at once: what is found may be years old. */
  readonly isFirstRound: boolean;
}

/**
 * When an invoice must have been paid to count: after sweeping began, and long enough ago that its hook must have
 * arrived. WHMCS's local times, `YYYY-MM-DD HH:MM:SS`.
 */
export interface PaidBetween {
  readonly since: string;
  readonly until: string;
}

/** Looks through a range of invoices for what no hook told. Repeating it finds nothing new. */
export type InvoiceSweep = (range: IdRange, sweeping: InvoiceSweeping) => Promise<void>;

export interface InvoiceOfClient {
  readonly clientId: number;
  readonly invoiceId: number;
}

/** Names an invoice with which something fails: *Doing that with* invoice #9. */
export function nameOfInvoice(doing: string, { invoiceId, clientId }: InvoiceOfClient): ItemName {
  return { id: String(invoiceId), clientId, invoiceId, what: `${doing} invoice #${invoiceId}` };
}
