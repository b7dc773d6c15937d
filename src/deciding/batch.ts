import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { Tally } from './tally.ts';

/**
 * Everything that is decided together: one transaction, committed as a whole. After a conflict it is rolled back and
 * repeated, so the work must change nothing outside of the database.
 */
export interface Batch {
  readonly trx: Transaction<Database>;
  readonly at: Date;
  readonly newId: () => string;
  /** False when the batch is repeated after a conflict. */
  readonly isFirstTry: boolean;
  /** What is decided in it; it counts only once the batch is committed. */
  readonly tally: Tally;
}
