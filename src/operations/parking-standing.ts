import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { isMoney, readStored } from '../db/index.ts';
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
  /** When that was, in WHMCS's local time; null when nothing was. */
  readonly refundedAt: string | null;
  /** The entry by which WHMCS itself took it from the balance, because the payment of what a rule parked was reversed. */
  readonly reversal: Reversal | undefined;
}

/** Credit that went with its payment. */
export interface Reversal {
  readonly sequence: bigint;
  readonly amountHundredths: bigint;
}

interface StandingRow {
  readonly moving: number | bigint;
  readonly refunded: bigint;
  readonly paidBack: bigint;
  readonly paidBackAt: string | null;
}

/** Reads parked credit for a decision about it. Its client must be locked. */
export async function parkingStanding(
  trx: Transaction<Database>,
  id: string,
): Promise<ParkingStanding | undefined> {
  const parking = await findParking(trx, id);
  if (parking === undefined) return undefined;
  const entry = await parkedEntry(trx, parking.parkFact);
  // A rule parks the credit of an invoice's whole money.
  const ofInvoice = parking.rule === '' ? 0 : (parking.invoiceId ?? 0);
  const { rows } = await sql<StandingRow>`
    SELECT EXISTS (SELECT 1 FROM mod_creditbridge_commands k
        WHERE k.live_fact = ${parking.parkFact}) AS moving,
      (SELECT CAST(COALESCE(SUM(r.amountout), 0) * 100 AS SIGNED) FROM tblaccounts a
        JOIN tblaccounts r ON r.invoiceid = a.invoiceid AND r.refundid = a.id
        WHERE a.id = ${parking.transactionId ?? 0}) AS refunded,
      (SELECT CAST(COALESCE(SUM(b.amountout), 0) * 100 AS SIGNED) FROM tblaccounts b
        WHERE b.invoiceid = ${ofInvoice} AND b.invoiceid > 0 AND ${isMoney('b')}) AS paidBack,
      (SELECT MAX(m.date) FROM tblaccounts m
        WHERE m.invoiceid = ${ofInvoice} AND m.invoiceid > 0 AND m.amountout > 0) AS paidBackAt`.execute(
    trx,
  );
  const [row] = rows;
  const stored = parking.terms === null ? undefined : readStored(grantTerms, parking.terms);
  return {
    parking,
    entry,
    terms: stored ?? entry?.terms ?? null,
    isMoving: Number(row?.moving ?? 0) > 0,
    refundedHundredths: (row?.refunded ?? 0n) + (row?.paidBack ?? 0n),
    refundedAt: row?.paidBackAt ?? null,
    reversal: await reversalOf(trx, parking.clientId, ofInvoice),
  };
}

async function reversalOf(
  trx: Transaction<Database>,
  clientId: number,
  invoiceId: number,
): Promise<Reversal | undefined> {
  if (invoiceId === 0) return undefined;
  const { rows } = await sql<Reversal>`
    SELECT e.sequence, e.amount_hundredths AS amountHundredths FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id)
      ON e.invoice_id = ${invoiceId} AND e.epoch = t.epoch AND e.client_id = ${clientId}
      AND e.kind = 'reversal' AND e.corrects IS NULL
    WHERE t.id = 1
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
    ORDER BY e.sequence DESC LIMIT 1`.execute(trx);
  return rows[0];
}
