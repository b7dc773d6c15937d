import type { Db } from '../../db/index.ts';

export interface ToldDecision {
  readonly id: string;
  /** The hook or other point at which it was decided. */
  readonly event: string;
  readonly reason: string;
  /** JSON. */
  readonly trace: string;
  /** UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly lastAt: string;
  /** How often the same was decided. */
  readonly times: number;
}

export interface CommandOfDecision {
  readonly decisionId: string | null;
  readonly state: string;
  readonly reason: string;
}

/** An invoice has a handful of decisions; older ones are on the addon page. */
const DECISIONS_TOLD = 20;

/** What was decided about an invoice, newest first. */
export async function decisionsAbout(db: Db, invoiceId: number): Promise<readonly ToldDecision[]> {
  return db
    .selectFrom('mod_creditbridge_decisions')
    .select(['id', 'event', 'reason', 'trace', 'last_at as lastAt', 'times'])
    .where('invoice_id', '=', invoiceId)
    .orderBy('id', 'desc')
    .limit(DECISIONS_TOLD)
    .execute();
}

/** The commands that these decisions became, oldest first. */
export async function commandsOfDecisions(
  db: Db,
  decisionIds: readonly string[],
): Promise<readonly CommandOfDecision[]> {
  if (decisionIds.length === 0) return [];
  return db
    .selectFrom('mod_creditbridge_commands')
    .select(['decision_id as decisionId', 'state', 'reason'])
    .where('decision_id', 'in', decisionIds)
    .orderBy('id')
    .execute();
}
