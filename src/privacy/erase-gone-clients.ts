import type { Db } from '../db/index.ts';
import { eraseClients } from './erase-clients.ts';
import { findGoneClients } from './gone-clients.ts';

/** Clients in one statement: few enough that nobody waits for its locks. */
const BATCH_CLIENTS = 100;

/**
 * Erases what is kept about clients who are gone from WHMCS. What came later about a client who was erased before (a finding that
 * an admin settled, say) goes with the next call.
 *
 * @returns the number of rows that were blanked or deleted.
 */
export async function eraseGoneClients(db: Db): Promise<bigint> {
  const gone = await findGoneClients(db);
  let rows = 0n;
  for (let from = 0; from < gone.length; from += BATCH_CLIENTS) {
    const erased = await eraseClients(db, gone.slice(from, from + BATCH_CLIENTS), 'gone');
    for (const count of erased.values()) rows += count;
  }
  return rows;
}
