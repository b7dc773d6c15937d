import { least, most } from '../money/index.ts';
import type { InvoiceFacts } from './facts.ts';

/**
 * How much credit may still go on an invoice of which it may pay only a part, in hundredths: that part, less the credit that is on the
 * invoice or on its way. Money is taken to pay the rest first.
 *
 * @param payable what the lines cost, with tax, that credit may pay.
 */
export function creditRoom(invoice: InvoiceFacts, payable: bigint): bigint {
  const { grossHundredths, paidHundredths, balanceHundredths } = invoice;
  const used = most(grossHundredths - paidHundredths - balanceHundredths, 0n);
  return most(least(payable, grossHundredths) - used, 0n);
}
