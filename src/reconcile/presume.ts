import { formatAmount } from '../money/index.ts';
import type { DriftSight } from './judge-drift.ts';

/** What is known about a difference; lists are newest first. */
export interface DriftSurroundings {
  readonly sight: Pick<DriftSight, 'whmcsHundredths' | 'ledgerHundredths'>;
  /** Rows of the log that the ledger took back, and wrote anew if they still exist. */
  readonly corrections: readonly {
    readonly logId: number;
    /** How this changed the ledger's balance. */
    readonly signedHundredths: bigint;
  }[];
  /** Commands whose outcome is not known. */
  readonly unsettled: readonly { readonly id: string; readonly amountHundredths: bigint }[];
  /** False when the client's account was never opened. */
  readonly hasAccount: boolean;
}

/**
 * Guesses from matching figures what probably happened, in a sentence for the admin who has to decide. Nothing is done
 * because of it.
 */
export function presume({ sight, corrections, unsettled, hasAccount }: DriftSurroundings): string {
  const difference = sight.whmcsHundredths - sight.ledgerHundredths;
  const command = unsettled.find(({ amountHundredths }) => amountHundredths === abs(difference));
  if (command !== undefined) {
    return `Command ${command.id} moves exactly this amount and its outcome is not known. Look at that command first.`;
  }
  // The ledger followed the change of the log; WHMCS's balance did not.
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
