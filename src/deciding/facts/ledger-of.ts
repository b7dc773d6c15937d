import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { LedgerFacts } from '../../rules/index.ts';
import {
  GRANT_COLUMNS,
  GRANT_MOVES,
  type GrantRow,
  readGrantHolds,
  toGrantFacts,
} from './grant-rows.ts';

interface AccountRow {
  readonly client_id: number;
  readonly balance: bigint;
  readonly seen: number;
}

/**
 * Reads what the ledger knows about these clients, in their present currency. It leaves out clients without an open account,
 * with a difference that an admin must examine, or with a command whose act is unreadable (nobody knows which grant it takes
 * from). It leaves out all clients while the ledger does not follow the log.
 */
export async function ledgerOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, LedgerFacts>> {
  const [accounts, grants, holds] = await Promise.all([
    sql<AccountRow>`
      SELECT a.client_id, a.balance_hundredths AS balance, t.cursor_log_id AS seen
      FROM mod_creditbridge_tail t
      JOIN mod_creditbridge_accounts a ON a.epoch = t.epoch AND a.is_open = 1
      JOIN tblclients c ON c.id = a.client_id AND c.currency = a.currency_id
      LEFT JOIN mod_creditbridge_drifts d
        ON d.client_id = a.client_id AND d.currency_id = a.currency_id AND d.state = 'open'
      WHERE t.state = 'following' AND a.client_id IN (${sql.join(clientIds)})
        AND d.client_id IS NULL`.execute(trx),
    sql<GrantRow>`
      SELECT ${GRANT_COLUMNS} FROM mod_creditbridge_tail t
      JOIN tblclients c ON c.id IN (${sql.join(clientIds)})
      JOIN mod_creditbridge_grants g ON g.client_id = c.id AND g.currency_id = c.currency
        AND g.remaining_hundredths > 0 AND g.epoch = t.epoch
      ${GRANT_MOVES} GROUP BY g.id`.execute(trx),
    readGrantHolds(trx, clientIds),
  ]);
  const { held, unclear } = holds;
  const byClient = Map.groupBy(grants.rows, (row) => row.client_id);
  const clear = accounts.rows.filter(({ client_id }) => !unclear.has(client_id));
  return new Map(
    clear.map(({ client_id, balance, seen }) => [
      client_id,
      {
        balanceHundredths: balance,
        seenLogId: seen,
        grants: (byClient.get(client_id) ?? []).map((row) =>
          toGrantFacts(row, held.get(row.id) ?? 0n),
        ),
      },
    ]),
  );
}
