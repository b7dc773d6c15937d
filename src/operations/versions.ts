import { type Db, readStored } from '../db/index.ts';
import { type LedgerSettings, ledgerSettings } from '../ledger/index.ts';
import { AMOUNTS_KEY, parseAmounts } from './approval-amounts.ts';

export interface Version<T> {
  readonly version: number;
  /** Null when it cannot be read: no version of ours wrote it. */
  readonly value: T | null;
  readonly changedBy: string;
  readonly changedAt: string;
  readonly reason: string;
}

/** Newest first. */
export async function approvalAmountVersions(
  db: Db,
  limit: number,
): Promise<readonly Version<ReadonlyMap<number, bigint>>[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings_history')
    .select(['version', 'settings', 'changed_by', 'changed_at', 'reason'])
    .where('rule', '=', AMOUNTS_KEY.rule)
    .where('layer', '=', AMOUNTS_KEY.layer)
    .where('layer_id', '=', AMOUNTS_KEY.layerId)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => toVersion(row, parseAmounts(row.settings)));
}

/** Newest first; version 0 is what holds before anybody changed anything, and is not among them. */
export async function ledgerSettingsVersions(
  db: Db,
  limit: number,
): Promise<readonly Version<LedgerSettings>[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_ledger_settings')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => toVersion(row, readStored(ledgerSettings, row.settings) ?? null));
}

interface VersionRow {
  readonly version: number;
  readonly changed_by: string;
  readonly changed_at: string;
  readonly reason: string;
}

function toVersion<T>(row: VersionRow, value: T | null) {
  return {
    version: row.version,
    value,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    reason: row.reason,
  };
}
