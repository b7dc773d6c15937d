import type { GrantTerms } from '../act.ts';
import type { Grant, Posting } from './types.ts';

/** The grant that an entry opens, with nothing drawn yet. */
export function grantOf(posting: Posting, terms: GrantTerms, amountHundredths: bigint): Grant {
  return {
    id: posting.sequence,
    kind: terms.kind,
    amountHundredths,
    remainingHundredths: amountHundredths,
    openedOn: posting.on,
    startsOn: terms.startsOn,
    expiresOn: terms.expiresOn,
    priority: terms.priority,
    refundable: terms.refundable,
    followsInvoiceId: terms.followsInvoiceId,
    rule: terms.rule,
    commandId: posting.commandId,
  };
}
