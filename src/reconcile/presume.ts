import { formatAmount } from '../money/index.ts';
import type { DriftSight } from './judge-drift.ts';

/** What is known around a difference; the newest first. */
export interface DriftSurroundings {
  readonly sight: Pick<DriftSight, 'whmcsHundredths' | 'ledgerHundredths'>;
  /** Rows of the log that the ledger took back, and wrote anew if they are still there. */
  readonly corrections: readonly {
    readonly logId: number;
    /** What that did to the ledger's balance. */
    readonly signedHundredths: bigint;
  }[];
  /** Commands that WHMCS has not settled. */
  readonly unsettled: readonly { readonly id: string; readonly amountHundredths: bigint }[];
  /** Whether the client is there but its account was never opened. */
  readonly hasAccount: boolean;
}

/**
 * What probably happened, in a sentence for the admin who has to decide. A guess from figures that fit, and it says so;
 * nothing is done because of it.
 */
export function presume({ sight, corrections, unsettled, hasAccount }: DriftSurroundings): string {
  const difference = sight.whmcsHundredths - sight.ledgerHundredths;
  const command = unsettled.find(({ amountHundredths }) => amountHundredths === abs(difference));
  if (command !== undefined) {
    return `Command ${command.id} moves exactly this amount and its outcome is not known. Look at that command first.`;
  }
  // The ledger followed the log's change, and WHMCS's balance did not.
  const changed = corrections.find(({ signedHundredths }) => signedHundredths === -difference);
  if (changed !== undefined) {
    return `Row ${changed.logId} of WHMCS’s credit log was probably deleted or edited, and the balance was left as it was.`;
  }
  if (!hasAccount) {
    return 'The balance was probably set when the client was imported, without a row in WHMCS’s credit log.';
  }
  const way = difference > 0n ? 'raised' : 'lowered';
  return `The balance was probably overwritten by hand or by a program, ${way} by ${formatAmount(abs(difference))}, without a row in WHMCS’s credit log.`;
}

function abs(hundredths: bigint): bigint {
  return hundredths < 0n ? -hundredths : hundredths;
}
