import { displayAmount } from '../../money/index.ts';
import type { Told } from '../serving/define-effect.ts';
import type { Trace } from './trace.ts';

/** Returns the figures of a decision for an effect's words. */
export function toldOf(trace: Trace): Told {
  const show = (hundredths: bigint) => displayAmount(hundredths, trace.currency);
  const client = `client #${trace.clientId}`;
  return {
    amount: show(trace.amountHundredths),
    due: show(trace.dueHundredths ?? 0n),
    spendable: show(trace.spendableHundredths),
    client,
    target: trace.invoiceId === null ? client : `invoice #${trace.invoiceId}`,
  };
}
