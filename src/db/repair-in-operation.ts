import type { Transaction } from 'kysely';
import type { OperationsPage } from '../operations/index.ts';
import { acceptDrift, takeBackEntry } from './ledger/repair-drift.ts';
import type { Database } from './tables.ts';

/** What operations write to the ledger themselves, in their own transaction. */
export function repairInOperation(
  trx: Transaction<Database>,
): Pick<OperationsPage, 'acceptDifference' | 'takeBackEntry'> {
  return {
    async acceptDifference(seen, told) {
      const accepted = await acceptDrift(trx, { ...seen, ...told, as: 'adjustment' });
      return accepted.kind === 'accepted' ? accepted.sequence : undefined;
    },
    takeBackEntry: (sequence, told) => takeBackEntry(trx, sequence, told),
  };
}
