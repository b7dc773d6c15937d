import { sweepCancelled } from './cancelled.ts';
import { sweepDoubtfulPayments } from './doubtful-payments.ts';
import { sweepFigures } from './figures.ts';
import { sweepOverCredited } from './over-credited.ts';
import { sweepPaidAfterCancel } from './paid-after-cancel.ts';
import { sweepPaidTwice } from './paid-twice.ts';
import { sweepRefunded } from './refunded.ts';
import { sweepReopenedReturns } from './reopened-returns.ts';
import type { InvoiceSweep } from './sweep.ts';
import { sweepUnheardPayments } from './unheard-payments.ts';

/** The sweeps over invoices; each looks at the same ranges. */
export const invoiceSweeps: Readonly<Record<string, InvoiceSweep>> = {
  cancelled: sweepCancelled,
  refunded: sweepRefunded,
  'unheard-payments': sweepUnheardPayments,
  'paid-twice': sweepPaidTwice,
  figures: sweepFigures,
  'over-credited': sweepOverCredited,
  'doubtful-payments': sweepDoubtfulPayments,
  'paid-after-cancel': sweepPaidAfterCancel,
  'reopened-returns': sweepReopenedReturns,
};
export { sweepEndedAccounts } from './ended-accounts.ts';
export { sweepMerges } from './merges.ts';
export { HOOK_GRACE_MS, type InvoiceSweeping } from './sweep.ts';
export { sweepUnreadableRows } from './unreadable-rows.ts';
