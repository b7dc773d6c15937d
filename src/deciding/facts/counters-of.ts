import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { CounterFacts } from '../../rules/index.ts';
import { homeOfKind } from '../../rules/settle/index.ts';
import { localDay } from '../../whmcs/index.ts';

/** The longest caps of rules cover a year. */
const DAYS_BACK = 366;

/** A command that may still act, or has, or a proposal that waits. A command that became stale or was refused did nothing. */
const COUNTED_STATES: readonly string[] = ['open', 'running', 'done', 'unknown', 'pending'];

interface Row {
  readonly client_id: number;
  readonly rule: string;
  readonly effect: string;
  readonly amount: bigint;
  readonly at: string;
  /** Of its command, or of the approval that it waits for; null for an effect that becomes none. */
  readonly state: string | null;
}

/**
 * Counts what rules have done for these clients, are about to do, or may do once an admin agrees, so that no cap is used twice: by rule, effect and day of WHMCS,
 * the newest day first.
 */
export async function countersOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  zone: string,
  at: Date,
): Promise<ReadonlyMap<number, readonly CounterFacts[]>> {
  const since = new Date(at.getTime() - DAYS_BACK * 86_400_000).toISOString().slice(0, 10);
  // A command has the id of its decision, and so has what waits for an admin.
  const { rows } = await sql<Row>`
    SELECT d.client_id, d.rule, d.effect, d.amount_hundredths AS amount, d.first_at AS at,
      COALESCE(p.state, k.state) AS state
    FROM mod_creditbridge_decisions d FORCE INDEX (client_id)
    LEFT JOIN mod_creditbridge_commands k ON k.id = d.id
    LEFT JOIN mod_creditbridge_approvals p ON p.id = d.id
    WHERE d.client_id IN (${sql.join(clientIds)}) AND d.outcome IN ('effect', 'waits') AND d.first_at >= ${since}
    ORDER BY d.first_at DESC, d.id DESC`.execute(trx);
  const byClient = Map.groupBy(rows.filter(counts), (row) => row.client_id);
  return new Map([...byClient].map(([clientId, some]) => [clientId, byDay(some, zone)]));
}

function counts({ effect, state }: Row): boolean {
  return state === null ? homeOfKind(effect)?.asks !== 'whmcs' : COUNTED_STATES.includes(state);
}

function byDay(rows: readonly Row[], zone: string): readonly CounterFacts[] {
  const counters = new Map<string, CounterFacts>();
  for (const { rule, effect, amount, at } of rows) {
    const on = localDay(at, zone);
    const key = `${on} ${rule} ${effect}`;
    const { count, amountHundredths } = counters.get(key) ?? { count: 0, amountHundredths: 0n };
    counters.set(key, {
      rule,
      effect,
      on,
      count: count + 1,
      amountHundredths: amountHundredths + amount,
    });
  }
  return [...counters.values()];
}
