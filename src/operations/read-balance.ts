import { sql } from 'kysely';
import {
  type Holds,
  readHolds,
  STANDING_COLUMNS,
  STANDING_JOINS,
  type StandingRow,
  spendableOf,
} from '../commands/index.ts';
import type { Db } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { PARKED, type Reservation, readReservations } from '../parking/index.ts';
import type { ReservationFacts } from '../rules/index.ts';
import { coverReservations } from '../rules/settle/index.ts';
import { readToday } from '../today/index.ts';

export interface ClientBalance {
  readonly clientId: number;
  readonly currencyId: number;
  readonly status: string;
  readonly creditHundredths: bigint;
  /** Held by commands on their way. */
  readonly heldHundredths: bigint;
  /** Left alone by our own rules: by proposals that wait for approval, and credit in doubt that is not parked yet. */
  readonly reservedHundredths: bigint;
  /** What operations may use. */
  readonly spendableHundredths: bigint;
  /** What our rules may spend on anything: without what they reserve. */
  readonly availableHundredths: bigint;
  readonly reservations: readonly ReservationFacts[];
  /** Off the balance until somebody decides. */
  readonly parkedHundredths: bigint;
  /** What WHMCS has more than the ledger, when that was found twice; null without drift. */
  readonly driftHundredths: bigint | null;
  readonly freeze: { readonly reason: string; readonly by: string; readonly at: string } | null;
}

interface BalanceRow extends StandingRow {
  readonly id: number;
  readonly currency: number;
  readonly status: string;
  readonly credit: string;
  readonly parked: string | bigint;
  readonly frozen_reason: string | null;
  readonly frozen_by: string | null;
  readonly frozen_at: string | null;
}

/** What of a client's credit may be spent, and why not all; undefined when WHMCS has no such client. */
export async function readBalance(db: Db, clientId: number): Promise<ClientBalance | undefined> {
  return (await readBalances(db, [clientId]))[0];
}

/** The same of some clients, in the order of their ids; those whom WHMCS does not have are left out. */
export async function readBalances(
  db: Db,
  clientIds: readonly number[],
): Promise<readonly ClientBalance[]> {
  if (clientIds.length === 0) return [];
  const [{ date: today }, holds] = await Promise.all([readToday(db), readHolds(db, clientIds)]);
  const [{ rows }, reserved] = await Promise.all([
    sql<BalanceRow>`
    SELECT c.id, c.currency, c.status, c.credit, ${STANDING_COLUMNS}, fz.frozen_by, fz.frozen_at,
      fz.reason AS frozen_reason,
      ${PARKED} AS parked
    FROM tblclients c ${STANDING_JOINS} WHERE c.id IN (${sql.join(clientIds)}) ORDER BY c.id`.execute(
      db,
    ),
    readReservations(db, clientIds, today),
  ]);
  return rows.map((row) => balanceOf(row, holds, reserved.get(row.id) ?? []));
}

function balanceOf(
  row: BalanceRow,
  holds: Holds,
  reservations: readonly Reservation[],
): ClientBalance {
  const creditHundredths = parseAmount(row.credit);
  const { drift } = row;
  const spendable = spendableOf({ clientId: row.id, creditHundredths, drift }, holds);
  const covered = coverReservations(spendable.spendableHundredths, reservations);
  return {
    clientId: row.id,
    currencyId: row.currency,
    status: row.status,
    creditHundredths,
    heldHundredths: spendable.heldHundredths - spendable.reservedHundredths,
    reservedHundredths: spendable.reservedHundredths,
    spendableHundredths: spendable.spendableHundredths,
    availableHundredths: covered.spendableHundredths,
    reservations: covered.reservations,
    parkedHundredths: BigInt(row.parked),
    driftHundredths: drift,
    freeze:
      row.frozen_reason === null
        ? null
        : { reason: row.frozen_reason, by: row.frozen_by ?? '', at: row.frozen_at ?? '' },
  };
}
