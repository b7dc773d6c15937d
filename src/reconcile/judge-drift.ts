/** The same difference at two looks this far apart is no row that was just being written. */
export const ALIKE_FOR_MS = 300_000;

/** One account at one moment: what WHMCS says and what the ledger says, in hundredths. */
export interface DriftSight {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  /** What looks before this one left; null when they found no difference. */
  readonly known: KnownDrift | null;
}

export interface KnownDrift {
  readonly state: 'suspected' | 'open';
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly firstSeenAt: Date;
}

/**
 * - `gone`: there is no difference any more.
 * - `suspect`: a difference that was not there before, or was another one.
 * - `keep`: as before; too early to tell, or open already.
 * - `open`: two looks found it alike. From now on the client is set aside.
 * - `follow`: it is open, and its figures moved.
 */
export type DriftVerdict = 'gone' | 'suspect' | 'keep' | 'open' | 'follow';

/**
 * Judges a difference. WHMCS writes balance and log in two statements, and a row can be committed after a younger one, so a
 * single look proves nothing (whmcs.md §2.1). What is open stays so while any difference is left: the client's credit goes
 * on moving, and both figures with it.
 */
export function judgeDrift(sight: DriftSight, at: Date): DriftVerdict {
  const { known, whmcsHundredths: whmcs, ledgerHundredths: ledger } = sight;
  if (whmcs === ledger) return 'gone';
  if (known === null) return 'suspect';
  const isAlike = known.whmcsHundredths === whmcs && known.ledgerHundredths === ledger;
  if (known.state === 'open') return isAlike ? 'keep' : 'follow';
  if (!isAlike) return 'suspect';
  return at.getTime() - known.firstSeenAt.getTime() >= ALIKE_FOR_MS ? 'open' : 'keep';
}
