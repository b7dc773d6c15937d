import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { readStored } from '../db/index.ts';
import { type GrantTerms, grantTerms } from '../ledger/index.ts';
import { findParking, type Parking } from '../parking/index.ts';
import { type ParkedEntry, parkedEntry } from './parked-entry.ts';

/** Parked credit as it stands now. */
export interface ParkingStanding {
  readonly parking: Parking;
  readonly entry: ParkedEntry | undefined;
  /** The terms of what comes back; null when they are not known. */
  readonly terms: GrantTerms | null;
  /** Whether WHMCS is parking it at this moment. */
  readonly isMoving: boolean;
  /** What was paid back of its payment since. */
  readonly refundedHundredths: bigint;
}

/** Reads parked credit for a decision about it. Its client must be locked. */
export async function parkingStanding(
  trx: Transaction<Database>,
  id: string,
): Promise<ParkingStanding | undefined> {
  const parking = await findParking(trx, id);
  if (parking === undefined) return undefined;
  const entry = await parkedEntry(trx, parking.parkFact);
  const { rows } = await sql<{ moving: number | bigint; refunded: bigint }>`
    SELECT EXISTS (SELECT 1 FROM mod_creditbridge_commands k
        WHERE k.live_fact = ${parking.parkFact}) AS moving,
      (SELECT CAST(COALESCE(SUM(r.amountout), 0) * 100 AS SIGNED) FROM tblaccounts a
        JOIN tblaccounts r ON r.invoiceid = a.invoiceid AND r.refundid = a.id
        WHERE a.id = ${parking.transactionId ?? 0}) AS refunded`.execute(trx);
  const stored = parking.terms === null ? undefined : readStored(grantTerms, parking.terms);
  return {
    parking,
    entry,
    terms: stored ?? entry?.terms ?? null,
    isMoving: Number(rows[0]?.moving ?? 0) > 0,
    refundedHundredths: rows[0]?.refunded ?? 0n,
  };
}
