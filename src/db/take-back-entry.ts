import type { Transaction } from 'kysely';
import type { OperationsPage } from '../operations/index.ts';
import { createReconcileChanges } from './ledger/repair-drift.ts';
import type { Database } from './tables.ts';

/** Takes an entry of the current epoch back in the caller's transaction; nothing when that was done before. */
export function takeBackEntry(trx: Transaction<Database>): OperationsPage['takeBackEntry'] {
  return createReconcileChanges(trx).takeBackEntry;
}
