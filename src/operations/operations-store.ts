import type { Db } from '../db/index.ts';
import { inTransaction, toMoment } from '../db/index.ts';
import { brokenTransfers } from './broken-transfers.ts';
import { failedCorrections } from './failed-corrections.ts';
import { createOperationsPage } from './operations-page.ts';
import type { OperationsStore } from './ports.ts';

/** Manual operations on MariaDB or MySQL. */
export function createOperationsStore(db: Db, newId: () => string): OperationsStore {
  return {
    transaction: (work) => inTransaction(db, (trx) => work(createOperationsPage(trx, newId))),

    async overdueApprovals(at, { after, limit }) {
      const rows = await db
        .selectFrom('mod_creditbridge_approvals')
        .select('id')
        .where('state', '=', 'pending')
        .where('expires_at', '<=', toMoment(at))
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    brokenTransfers: (at, part) => brokenTransfers(db, at, part),
    failedCorrections: (at, part) => failedCorrections(db, at, part),
  };
}
