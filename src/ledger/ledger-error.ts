import { InvariantError } from '../base/index.ts';

/** The books do not add up, or a caller asked for something impossible. The transaction must not commit. */
export class LedgerError extends InvariantError {}
