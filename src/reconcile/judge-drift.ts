/** A difference that two looks this far apart find alike is not just a row that was being written. */
export const ALIKE_FOR_MS = 300_000;

/** One account at one moment: what WHMCS says and what the ledger says, in hundredths. */
export interface DriftSight {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  /** What earlier looks noted; null when they found no difference. */
  readonly known: KnownDrift | null;
}

export interface KnownDrift {
  readonly state: 'suspected' | 'open';
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly firstSeenAt: Date;
}

/**
 * - `gone`: there is no difference (any more).
 * - `suspect`: a new difference, or one with other figures.
 * - `keep`: the same as before; too early to tell, or open already.
 * - `open`: two looks found it alike. From now on the client is set aside.
 * - `follow`: it is open and its figures changed.
 */
export type DriftVerdict = 'gone' | 'suspect' | 'keep' | 'open' | 'follow';

/**
 * Judges a difference. A single look proves nothing: WHMCS writes balance and log in two statements, and a row can be
 * committed after a younger one (whmcs.md §2.1). An open difference stays open until it is zero: the client's credit keeps
 * moving, and both figures with it.
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
