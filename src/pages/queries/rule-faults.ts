import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';

export interface FaultRow {
  readonly rule: string;
  readonly faults: number;
  readonly pausedAt: UtcText | null;
  readonly lastFault: string;
  readonly lastAt: UtcText;
}

/** Rules that faulted; there are at most as many as rules. */
const FAULTS_MAX = 100;

export async function listFaults(db: Db): Promise<readonly FaultRow[]> {
  return db
    .selectFrom('mod_creditbridge_rule_faults')
    .select(['rule', 'faults', 'paused_at as pausedAt', 'last_fault as lastFault'])
    .select('last_at as lastAt')
    .limit(FAULTS_MAX)
    .execute();
}
