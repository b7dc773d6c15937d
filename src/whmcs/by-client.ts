import { sql } from 'kysely';

/**
 * Forces the index that finds a client's commands. A daily run fills the empty table within seconds; by the older statistics the
 * index by state looks as good, and each look-up would read all open commands (measured: a run takes ten times as long).
 */
export const BY_CLIENT = sql`FORCE INDEX (client_state)`;
