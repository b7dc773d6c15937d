/** Exit codes of `creditbridge`, for scripts and service managers; docs/operators.md lists them. */
export const exitCodes = {
  ok: 0,
  /** Something needs attention, or the work failed. */
  problem: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong. */
  configuration: 3,
  /** The database is not usable. */
  database: 4,
  /** The address to listen on is taken or not allowed. */
  address: 5,
} as const;
