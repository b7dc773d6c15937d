import { sql } from 'kysely';
import type { Holds } from './holds.ts';

/** Columns about a client `c` of `tblclients`, with `STANDING_JOINS`: an open difference from the ledger, and why it is frozen. */
export const STANDING_COLUMNS = sql`
  (dr.whmcs_hundredths - dr.ledger_hundredths) AS drift,
  IF(fz.reason = '', 'the reason was not told yet', fz.reason) AS frozen_because`;

/** Joins freezes and open drift by their keys. */
export const STANDING_JOINS = sql`
  LEFT JOIN mod_creditbridge_frozen_clients fz ON fz.client_id = c.id
  LEFT JOIN mod_creditbridge_drifts dr
    ON dr.client_id = c.id AND dr.currency_id = c.currency AND dr.state = 'open'`;

/** The columns, with the driver's types. */
export interface StandingRow {
  readonly drift: bigint | null;
  readonly frozen_because: string | null;
}

export interface Spendable {
  /** Held by live commands, and reserved. */
  readonly heldHundredths: bigint;
  /** Left alone by our own rules: by proposals that wait for approval, and credit in doubt that is not parked yet. */
  readonly reservedHundredths: bigint;
  readonly spendableHundredths: bigint;
}

/** A client with the balance that was read after the holds. */
interface Balance {
  readonly clientId: number;
  readonly creditHundredths: bigint;
  /** What WHMCS has more than the ledger; null where they agree. */
  readonly drift: bigint | null;
}

/**
 * The only place that defines how much credit a client may spend: the credit minus holds, never below zero. While WHMCS and the ledger
 * differ, it uses the smaller balance, so that nobody spends credit that the ledger does not know.
 */
export function spendableOf(
  { clientId, creditHundredths, drift }: Balance,
  holds: Holds,
): Spendable {
  const held = holds.held(clientId, creditHundredths);
  const reserved = holds.reserved(clientId);
  const excess = drift !== null && drift > 0n ? drift : 0n;
  const spendable = creditHundredths - excess - held - reserved;
  return {
    heldHundredths: held + reserved,
    reservedHundredths: reserved,
    spendableHundredths: spendable > 0n ? spendable : 0n,
  };
}
