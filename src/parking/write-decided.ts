import { sql, type Transaction } from 'kysely';
import { operationFact } from '../commands/index.ts';
import { clip, type Database } from '../db/index.ts';
import type { DecidedWrite, WriteOf } from './decided-write.ts';
import { addParkings, type NewParking } from './parkings.ts';
import { writeReservations } from './reservations.ts';

/** Width of the column. */
const BECAUSE_MAX = 500;

/**
 * Writes what decisions reserve, use, park and release. All in one turn, so that they and the COMMIT after them can share a packet. The clients must
 * be locked.
 */
export async function writeDecided(
  trx: Transaction<Database>,
  decided: readonly DecidedWrite[],
  at: Date,
): Promise<void> {
  const parkings = decided.flatMap(({ write, ...one }) =>
    write.write === 'parking' ? [parkingOf(one, write)] : [],
  );
  await Promise.all([
    writeReservations(trx, decided, at),
    addParkings(trx, parkings, at),
    ...decided.flatMap(({ write, ...one }) =>
      write.write === 'release' ? [release(trx, one, write)] : [],
    ),
  ]);
}

/** Its id is the decision's, so one id finds both. */
function parkingOf(
  { decisionId: id, ...one }: Omit<DecidedWrite, 'write'>,
  { write: _, ...write }: WriteOf<'parking'>,
): NewParking {
  return { ...one, ...write, id, parkFact: operationFact(id), transactionId: null };
}

/** Notes that a rule gives back what it parked; whoever looks after parked credit does it. */
async function release(
  trx: Transaction<Database>,
  { clientId, rule }: Omit<DecidedWrite, 'write'>,
  { parkedFact, because }: WriteOf<'release'>,
): Promise<void> {
  await sql`
    UPDATE mod_creditbridge_parkings SET released_because = ${clip(because, BECAUSE_MAX)}
    WHERE fact = ${parkedFact} AND client_id = ${clientId} AND rule = ${rule}
      AND state IN ('reserved', 'parked')`.execute(trx);
}
