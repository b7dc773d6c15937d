import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { DepositFacts } from '../../rules/index.ts';
import {
  GRANT_COLUMNS,
  GRANT_MOVES,
  type GrantRow,
  readGrantHolds,
  toGrantFacts,
} from './grant-rows.ts';
import { owedFirst } from './owed-first.ts';

interface Row extends GrantRow {
  readonly invoice_id: number;
  readonly role: 'deposit' | 'overpayment' | 'follower';
}

interface DrawnRow {
  readonly invoice_id: number;
  /** What the drawn credit was: `deposit` or `overpayment`. */
  readonly origin: string;
  /** `claw-back` or `reversal`: what took credit of this deposit for something else. */
  readonly kind: string;
  readonly rule: string;
  readonly amount: string;
}

/**
 * Reads what the ledger knows about the credit of these invoices' payments and about the grants that follow them, used up or not.
 * Invoices of clients with a command whose act is unreadable are left out, and all while the ledger does not follow the log.
 */
export async function depositsOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, DepositFacts>> {
  if (invoiceIds.length === 0) return new Map();
  const ids = sql.join(invoiceIds);
  // In this order: a deposit that the ledger reads meanwhile then covers what is owed in one of them. Otherwise it would cover nothing in
  // either, and a rule would give for all of it.
  const [owed, following, grants, drawn, holds] = await Promise.all([
    sql<{ readonly clientId: number; readonly owed: string }>`
      SELECT u.client_id AS clientId, SUM(u.amount_hundredths) AS owed
      FROM mod_creditbridge_tail t
      JOIN mod_creditbridge_unfunded u ON u.epoch = t.epoch AND u.client_id IN (${sql.join(clientIds)})
      JOIN mod_creditbridge_entries e ON e.sequence = u.sequence AND e.kind = 'reversal'
      GROUP BY u.client_id`.execute(trx),
    sql<{ readonly id: number; readonly clientId: number }>`
      SELECT i.id, i.userid AS clientId FROM mod_creditbridge_tail t JOIN tblinvoices i ON i.id IN (${ids})
      WHERE t.id = 1 AND t.state = 'following'`.execute(trx),
    sql<Row>`
      SELECT ${GRANT_COLUMNS}, o.invoice_id, o.kind AS role FROM mod_creditbridge_tail t
      STRAIGHT_JOIN mod_creditbridge_entries o FORCE INDEX (invoice_id)
        ON o.invoice_id IN (${ids}) AND o.epoch = t.epoch AND o.kind IN ('deposit', 'overpayment')
      JOIN mod_creditbridge_grants g ON g.id = o.sequence
      ${GRANT_MOVES} GROUP BY g.id
      UNION ALL
      SELECT ${GRANT_COLUMNS}, g.follows_invoice_id, 'follower' FROM mod_creditbridge_tail t
      STRAIGHT_JOIN mod_creditbridge_grants g FORCE INDEX (follows_invoice_id)
        ON g.follows_invoice_id IN (${ids}) AND g.epoch = t.epoch
      ${GRANT_MOVES} GROUP BY g.id`.execute(trx),
    sql<DrawnRow>`
      SELECT o.invoice_id, o.kind AS origin, s.kind, COALESCE(k.rule, '') AS rule,
        SUM(IF(d.direction = 'draw', d.amount_hundredths, -d.amount_hundredths)) AS amount
      FROM mod_creditbridge_tail t
      STRAIGHT_JOIN mod_creditbridge_entries o FORCE INDEX (invoice_id)
        ON o.invoice_id IN (${ids}) AND o.epoch = t.epoch AND o.kind IN ('deposit', 'overpayment')
      JOIN mod_creditbridge_draw_downs d ON d.grant_id = o.sequence
      JOIN mod_creditbridge_entries s ON s.sequence = d.spend_sequence
      LEFT JOIN mod_creditbridge_commands k ON k.id = s.command_id
      WHERE s.kind = 'claw-back' OR s.kind = 'reversal' AND COALESCE(s.invoice_id, 0) <> o.invoice_id
      GROUP BY o.invoice_id, o.kind, s.kind, rule`.execute(trx),
    readGrantHolds(trx, clientIds),
  ]);
  const owedBy = new Map(owed.rows.map(({ clientId, owed: sum }) => [clientId, BigInt(sum)]));
  const facts = (id: number, role: Row['role']) =>
    grants.rows
      .filter((row) => row.invoice_id === id && row.role === role)
      .map((row) => toGrantFacts(row, holds.held.get(row.id) ?? 0n));
  const unread = following.rows.filter(({ id }) => facts(id, 'deposit').length === 0);
  const covering = await owedFirst(trx, unread, owedBy);
  const drawnFor = (id: number, kind: string) =>
    drawn.rows.filter((row) => row.invoice_id === id && row.kind === kind);
  return new Map(
    following.rows
      .filter(({ clientId }) => !holds.unclear.has(clientId))
      .map(({ id }) => {
        const deposit = facts(id, 'deposit');
        const repaid = drawnFor(id, 'reversal')
          .filter(({ origin }) => origin === 'deposit')
          .reduce((sum, one) => sum + BigInt(one.amount), 0n);
        return [
          id,
          {
            credit: [...deposit, ...facts(id, 'overpayment')],
            followers: facts(id, 'follower'),
            takenForRules: drawnFor(id, 'claw-back').map(({ rule, amount }) => ({
              rule,
              amountHundredths: BigInt(amount),
            })),
            repaidHundredths: deposit.length > 0 ? repaid : (covering.get(id) ?? 0n),
          },
        ];
      }),
  );
}
