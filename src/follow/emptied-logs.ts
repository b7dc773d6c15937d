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

/** @param patienceMs how long WHMCS may take to remove a client */
export function createEmptiedLogs(patienceMs: number): EmptiedLogs {
  /** When a log was found empty first, in Unix milliseconds, by client. */
  const since = new Map<number, number>();
  return {
    async among(trx, clientIds, at) {
      if (clientIds.length === 0) return new Set();
      const { rows } = await sql<{ clientid: number }>`
        SELECT DISTINCT clientid FROM tblcredit WHERE clientid IN (${sql.join(clientIds)})`.execute(
        trx,
      );
      const kept = new Set(rows.map(({ clientid }) => clientid));
      for (const id of kept) since.delete(id);
      const emptied = new Set(clientIds.filter((id) => !kept.has(id)));
      for (const id of emptied) since.set(id, since.get(id) ?? at.getTime());
      const isNew = (id: number) => at.getTime() - (since.get(id) ?? 0) < patienceMs;
      return new Set([...emptied].filter(isNew));
    },
  };
}
