import { least, most } from '../money/index.ts';
import type { Facts } from './facts.ts';

/**
 * How much of the credit that a deposit became was paid with money, in hundredths. What was paid beyond the deposit is a surplus, and
 * what was paid with credit is no money; what a mass payment brought is, although WHMCS books it as credit (whmcs.md §2.6).
 * It needs `invoice` and `received`.
 */
export function depositedHundredths({ invoice, receivedHundredths }: Facts): bigint {
  if (invoice === null) return 0n;
  const { grossHundredths, creditHundredths, paidHundredths } = invoice;
  const bundled = most(receivedHundredths - paidHundredths, 0n);
  const ownCredit = most(creditHundredths - bundled, 0n);
  return most(least(receivedHundredths, grossHundredths - ownCredit), 0n);
}
