import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';

/** Clients who are there while nothing of their log is left: perhaps WHMCS is removing them, and deleted their rows first. */
export interface EmptiedLogs {
  /** Those of these clients whose log is empty, and has not been for long. Their rows do not count as vanished yet. */
  among(
    trx: Transaction<Database>,
    clientIds: readonly number[],
    at: Date,
  ): Promise<ReadonlySet<number>>;
}

/** The leader looks every few seconds. What was not looked at for so long is over, and begins anew. */
const FORGOTTEN_MS = 60_000;

/** @param patienceMs how long WHMCS may take to remove a client */
export function createEmptiedLogs(patienceMs: number): EmptiedLogs {
  /** When a log was found empty first and last, in Unix milliseconds, by client. */
  const seen = new Map<number, { readonly first: number; readonly last: number }>();
  return {
    async among(trx, clientIds, at) {
      if (clientIds.length === 0) return new Set();
      const { rows } = await sql<{ clientid: number }>`
        SELECT DISTINCT clientid FROM tblcredit WHERE clientid IN (${sql.join(clientIds)})`.execute(
        trx,
      );
      const kept = new Set(rows.map(({ clientid }) => clientid));
      const now = at.getTime();
      for (const [id, { last }] of seen) {
        if (now - last >= FORGOTTEN_MS) seen.delete(id);
      }
      const isNew = (id: number): boolean => {
        const first = seen.get(id)?.first ?? now;
        seen.set(id, { first, last: now });
        return now - first < patienceMs;
      };
      for (const id of kept) seen.delete(id);
      return new Set(clientIds.filter((id) => !kept.has(id) && isNew(id)));
    },
  };
}
