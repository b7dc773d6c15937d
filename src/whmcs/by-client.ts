import { sql } from 'kysely';

/**
 * How commands of a client are found. A daily run fills the table from nothing within seconds; by the statistics of before, the
 * index by state looks as good, and each look-up would read all open commands (measured: ten times the time of a run).
 */
export const BY_CLIENT = sql`FORCE INDEX (client_state)`;
