import type { AdoptionProgress, AdoptionStore } from './ports.ts';
import { settleOpenings } from './settle-openings.ts';

/** Takes over history and balances; called again after an interruption, it goes on where it was. */
export interface AdoptOptions {
  readonly store: AdoptionStore;
  readonly fence: bigint;
  /** `first`, or `restored` after the database was put back. */
  readonly why: string;
  /** WHMCS's local date. */
  readonly today: string;
  readonly onProgress: (progress: AdoptionProgress) => void;
  /** Keeps the lead; called between steps. @throws when another process leads, or this one stops. */
  readonly keepLead: () => Promise<void>;
  /** Between two looks at balances that the snapshot may have caught half-way. */
  readonly settleMs: number;
}

/**
 * Adopts: imports history chunk by chunk, takes all balances in one snapshot, looks again at those that moved, and opens the accounts page by page.
 *
 * @throws {StorageError} `leader-replaced`; what was committed stays, and whoever leads then goes on.
 */
export async function adopt(options: AdoptOptions): Promise<AdoptionProgress> {
  const { store, fence, why, today, onProgress, keepLead, settleMs } = options;
  let progress = await store.begin(fence, why);
  const tell = (change: Partial<AdoptionProgress>) => {
    progress = { ...progress, ...change };
    onProgress(progress);
  };
  tell({});
  if (progress.phase === 'importing') {
    await store.importHistory(fence, async (rows) => {
      const imported = progress.rows + rows;
      tell({ rows: imported, ofRows: Math.max(imported, progress.ofRows) });
      await keepLead();
    });
    await store.takeSnapshot(fence, today);
    tell({ phase: 'opening', ofRows: progress.rows });
  }
  if (progress.phase === 'opening') {
    await settleOpenings({ store, fence, keepLead, pauseMs: settleMs });
  }
  for (;;) {
    const opened = await store.openAccounts(fence);
    if (opened === 0) break;
    tell({ accounts: progress.accounts + opened });
    await keepLead();
  }
  tell({ phase: 'done' });
  return progress;
}
