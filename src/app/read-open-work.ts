import { sql } from 'kysely';
import { readSnapshot } from '../../bridge/index.ts';
import { type Db, fromMoment } from '../db/index.ts';

/** What waits for an admin, and when cron and the daily run were seen last. */
export interface OpenWork {
  /** Differences between WHMCS and the ledger that two looks found. */
  readonly differences: number;
  readonly findings: number;
  readonly approvals: number;
  /** When WHMCS's cron ran last; null before the first time. */
  readonly lastCronAt: Date | null;
  /** When the newest daily run had planned everything; null before the first one. */
  readonly lastRunAt: Date | null;
}

/** Counting stops here, so a scrape costs the same however much is open. */
const COUNT_MAX = 1000;

/** Reads for the metrics what waits for an admin. Each part is served by an index and bounded. */
export async function readOpenWork(db: Db): Promise<OpenWork> {
  const { rows } = await sql<Row>`
    SELECT
      (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_drifts
        WHERE state = 'open' LIMIT ${COUNT_MAX}) AS drifts) AS differences,
      (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_findings
        WHERE outcome = 'open' LIMIT ${COUNT_MAX}) AS findings) AS findings,
      (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_approvals
        WHERE state = 'pending' LIMIT ${COUNT_MAX}) AS approvals) AS approvals,
      (SELECT whmcs FROM mod_creditbridge_settings WHERE id = 1) AS whmcs,
      (SELECT planned_at FROM mod_creditbridge_runs
        WHERE planned_at IS NOT NULL ORDER BY local_date DESC LIMIT 1) AS plannedAt`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new TypeError('A SELECT without a table has one row.');
  const lastCronAt = readSnapshot(row.whmcs ?? '')?.lastCronAt ?? null;
  return {
    differences: Number(row.differences),
    findings: Number(row.findings),
    approvals: Number(row.approvals),
    lastCronAt: lastCronAt === null ? null : new Date(lastCronAt),
    lastRunAt: row.plannedAt === null ? null : fromMoment(row.plannedAt),
  };
}

interface Row {
  readonly differences: bigint | number;
  readonly findings: bigint | number;
  readonly approvals: bigint | number;
  readonly whmcs: string | null;
  readonly plannedAt: string | null;
}
