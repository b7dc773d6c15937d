import { InvariantError } from '../base/index.ts';

/** The books do not add up, or were asked for what cannot be. Whatever was being written must not be committed. */
export class LedgerError extends InvariantError {}
