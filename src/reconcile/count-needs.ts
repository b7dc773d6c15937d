import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** How much needs an admin. */
export interface Needs {
  /** Differences that two looks found. */
  readonly open: number;
  /** Differences that one look found. */
  readonly suspected: number;
  readonly findings: number;
}

/** Counts what needs an admin: of one client, or of all when `clientId` is null. */
export async function countNeeds(db: Db, clientId: number | null): Promise<Needs> {
  const ofClient = clientId === null ? sql`` : sql`AND client_id = ${clientId}`;
  const { rows } = await sql<{ state: string; n: number | bigint }>`
    SELECT state, COUNT(*) AS n FROM mod_creditbridge_drifts
    WHERE state IN ('open', 'suspected') ${ofClient} GROUP BY state
    UNION ALL
    SELECT 'findings', COUNT(*) FROM mod_creditbridge_findings
    WHERE outcome = 'open' ${ofClient}`.execute(db);
  const count = (state: string) => Number(rows.find((row) => row.state === state)?.n ?? 0);
  return { open: count('open'), suspected: count('suspected'), findings: count('findings') };
}
