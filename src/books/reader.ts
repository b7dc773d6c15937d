import type { Db } from '../db/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import { readAccounts } from './read-accounts.ts';
import { findEntry, listEntries } from './read-entries.ts';
import { readEpoch } from './read-epoch.ts';
import { findGrant, listGrants } from './read-grants.ts';
import { readLiability } from './read-liability.ts';

/** What the ledger tells. Each method is one query or a few, whatever the size of the tables. */
export function createLedgerReader(db: Db): LedgerReader {
  return {
    epoch: () => readEpoch(db),
    accounts: (clientId) => readAccounts(db, clientId),
    entries: (filter, cursor, limit) => listEntries(db, filter, cursor, limit),
    entry: (sequence) => findEntry(db, sequence),
    grants: (filter, cursor, limit) => listGrants(db, filter, cursor, limit),
    grant: (id) => findGrant(db, id),
    liability: (day) => readLiability(db, day),
  };
}
