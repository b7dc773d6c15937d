import type { Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { Facts } from '../../rules/index.ts';
import { localDay } from '../../whmcs/index.ts';

/** The longest caps of rules cover a year. */
const DAYS_BACK = 366;

/** Reads the credit that rules' commands have added for these clients or are about to add, newest first. */
export async function ownGrantsOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  zone: string,
  at: Date,
): Promise<ReadonlyMap<number, Facts['ownGrants']>> {
  const since = new Date(at.getTime() - DAYS_BACK * 86_400_000).toISOString().slice(0, 10);
  const rows = await trx
    .selectFrom('mod_creditbridge_commands')
    .select(['client_id', 'rule', 'amount_hundredths', 'created_at'])
    .where('client_id', 'in', clientIds)
    .where('state', 'in', ['open', 'running', 'done', 'unknown'])
    .where('action', '=', 'AddCredit')
    // A removal holds what it takes; an addition holds nothing.
    .where('hold_hundredths', '=', 0n)
    .where('created_at', '>=', since)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const byClient = new Map<number, Facts['ownGrants'][number][]>();
  for (const row of rows) {
    const grants = byClient.get(row.client_id) ?? [];
    if (grants.length === 0) byClient.set(row.client_id, grants);
    grants.push({
      rule: row.rule,
      on: localDay(row.created_at, zone),
      amountHundredths: row.amount_hundredths,
    });
  }
  return byClient;
}
