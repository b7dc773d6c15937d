import type { ExplainRows } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import { openAccounts } from './adopt-accounts.ts';
import { type AdoptionProgress, beginAdoption } from './adopt-begin.ts';
import { importHistory } from './adopt-history.ts';
import { takeSnapshot } from './adopt-snapshot.ts';
import { settleOpenings } from './settle-openings.ts';

export interface AdoptOptions {
  /** The leader's. */
  readonly fence: bigint;
  /** `first`, or `restored` after a restore of the database. */
  readonly why: string;
  /** WHMCS's local date. */
  readonly today: string;
  readonly explain: ExplainRows;
  readonly at: () => Date;
  readonly onProgress: (progress: AdoptionProgress) => void;
  /** Keeps the lead; called between steps. @throws when another process leads, or this one stops. */
  readonly keepLead: () => Promise<void>;
  /** Time between two looks at balances that the snapshot may have caught half-way. */
  readonly settleMs: number;
}

/**
 * Adopts: imports history chunk by chunk, takes all balances in one snapshot, looks again at those that moved, and opens
 * the accounts batch by batch. Each step is a transaction that also moves its cursor; after an interruption, calling this
 * again goes on where it was.
 *
 * @throws {StorageError} `leader-replaced`; what was committed stays, and the new leader goes on.
 */
export async function adopt(db: Db, options: AdoptOptions): Promise<AdoptionProgress> {
  const { fence, why, today, explain, at, onProgress, keepLead, settleMs } = options;
  let progress = await beginAdoption(db, fence, why);
  const tell = (change: Partial<AdoptionProgress>) => {
    progress = { ...progress, ...change };
    onProgress(progress);
  };
  tell({});
  if (progress.phase === 'importing') {
    const onChunk = async (rows: number) => {
      const imported = progress.rows + rows;
      tell({ rows: imported, ofRows: Math.max(imported, progress.ofRows) });
      await keepLead();
    };
    await importHistory(db, { fence, explain, at, onChunk });
    await takeSnapshot(db, { fence, explain, at, today });
    tell({ phase: 'opening', ofRows: progress.rows });
  }
  if (progress.phase === 'opening') {
    await settleOpenings(db, { fence, keepLead, pauseMs: settleMs });
  }
  for (;;) {
    const opened = await openAccounts(db, { fence, at });
    if (opened === 0) break;
    tell({ accounts: progress.accounts + opened });
    await keepLead();
  }
  tell({ phase: 'done' });
  return progress;
}
