import { displayAmount } from '../../money/index.ts';
import type { Facts } from '../facts.ts';
import { creditOffInvoice, type WayOff } from './credit-off-invoice.ts';

/** How this amount leaves the event's invoice; undefined when there is no invoice, or none of its client's credit ever was on it. */
export function wayOff(
  { invoice, client, creditOn }: Facts,
  amountHundredths: bigint,
): WayOff | undefined {
  if (invoice === null || creditOn === null) return undefined;
  return creditOffInvoice(
    {
      invoiceId: invoice.id,
      clientId: client.id,
      status: invoice.status,
      amountHundredths,
      shown: displayAmount(amountHundredths, client.currency),
    },
    creditOn.ways,
  );
}

/**
 * Why no command may take this amount off the event's invoice, and what an admin does instead, in sentences; null when a command
 * may, or when there is nothing to take.
 */
export function byHandOnly(facts: Facts, amountHundredths: bigint): string | null {
  const way = wayOff(facts, amountHundredths);
  return way?.by === 'hand' ? `${way.because} ${way.remedy}` : null;
}
