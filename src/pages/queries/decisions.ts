import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';

export interface DecisionRow {
  readonly id: string;
  readonly rule: string;
  readonly target: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly event: string;
  readonly deliveryId: string | null;
  readonly runId: string | null;
  readonly outcome: string;
  readonly effect: string;
  readonly amountHundredths: bigint;
  readonly fact: string | null;
  readonly reason: string;
  readonly settingsVersion: number;
  readonly firstAt: UtcText;
  readonly lastAt: UtcText;
  readonly times: number;
  /** Of the client; null when the client is gone. */
  readonly currencyId: number | null;
}

export interface TracedDecision extends DecisionRow {
  /** JSON. */
  readonly trace: string;
}

/** Of `mod_creditbridge_decisions as d`, for lists. */
const DECISION_COLUMNS = [
  'd.id',
  'd.rule',
  'd.target',
  'd.client_id as clientId',
  'd.invoice_id as invoiceId',
  'd.event',
  'd.delivery_id as deliveryId',
  'd.run_id as runId',
  'd.outcome',
  'd.effect',
  'd.amount_hundredths as amountHundredths',
  'd.fact',
  'd.reason',
  'd.settings_version as settingsVersion',
  'd.first_at as firstAt',
  'd.last_at as lastAt',
  'd.times',
] as const;

/** Decisions as `d`, with the currency of their clients, which is read only for the rows that are shown. */
export function selectDecisions(db: Db) {
  return db
    .selectFrom('mod_creditbridge_decisions as d')
    .leftJoin('tblclients as client', 'client.id', 'd.client_id')
    .select([...DECISION_COLUMNS, 'client.currency as currencyId']);
}

/** What was decided about an invoice, newest first, with traces. */
export async function decisionsOfInvoice(
  db: Db,
  invoiceId: number,
  limit: number,
): Promise<readonly TracedDecision[]> {
  return selectDecisions(db)
    .select('d.trace')
    .where('d.invoice_id', '=', invoiceId)
    .orderBy('d.id', 'desc')
    .limit(limit)
    .execute();
}
