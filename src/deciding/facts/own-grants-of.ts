import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { Facts } from '../../rules/index.ts';
import { localDay } from '../../whmcs/index.ts';

/** The longest caps of rules cover a year. */
const DAYS_BACK = 366;

interface OwnGrant {
  readonly clientId: number;
  readonly rule: string;
  readonly amountHundredths: bigint;
  readonly at: string;
}

/**
 * Reads the credit that rules' commands have added for these clients or are about to add, newest first; also what waits until an
 * admin agrees, so that no cap is used twice.
 */
export async function ownGrantsOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  zone: string,
  at: Date,
): Promise<ReadonlyMap<number, Facts['ownGrants']>> {
  const since = new Date(at.getTime() - DAYS_BACK * 86_400_000).toISOString().slice(0, 10);
  const { rows } = await sql<OwnGrant>`
    SELECT client_id AS clientId, rule, amount_hundredths AS amountHundredths, created_at AS at, id
    FROM mod_creditbridge_commands
    WHERE client_id IN (${sql.join(clientIds)}) AND state IN ('open', 'running', 'done', 'unknown')
      AND action = 'AddCredit' AND created_at >= ${since}
      -- A removal holds what it takes; an addition holds nothing.
      AND hold_hundredths = 0
    UNION ALL
    SELECT client_id, SUBSTRING(proposed_by, 6), amount_hundredths, proposed_at, id
    FROM mod_creditbridge_approvals FORCE INDEX (client_state)
    WHERE client_id IN (${sql.join(clientIds)}) AND state = 'pending' AND fact IS NOT NULL
      AND JSON_UNQUOTE(JSON_EXTRACT(operation, '$.effect.kind')) = 'grant'
    ORDER BY at DESC, id DESC`.execute(trx);
  const byClient = new Map<number, Facts['ownGrants'][number][]>();
  for (const row of rows) {
    const grants = byClient.get(row.clientId) ?? [];
    if (grants.length === 0) byClient.set(row.clientId, grants);
    grants.push({
      rule: row.rule,
      on: localDay(row.at, zone),
      amountHundredths: row.amountHundredths,
    });
  }
  return byClient;
}
