import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { readGrantKind, readStoredAct } from '../../ledger/index.ts';
import type { GrantFacts, LedgerFacts } from '../../rules/index.ts';

interface AccountRow {
  readonly client_id: number;
  readonly balance: bigint;
  readonly seen: number;
}

interface GrantRow {
  readonly id: bigint;
  readonly client_id: number;
  readonly kind: string;
  readonly amount: bigint;
  readonly remaining: bigint;
  readonly opened_on: string | null;
  readonly expires_on: string | null;
  readonly refundable: number;
  readonly rule: string;
  readonly follows_invoice_id: number | null;
  readonly moves: bigint;
  readonly clawed_back: string | bigint;
}

interface HoldRow {
  readonly client_id: number;
  readonly act: string;
  readonly hold: bigint;
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
      SELECT g.id, g.client_id, g.kind, g.amount_hundredths AS amount,
        g.remaining_hundredths AS remaining, g.opened_on, g.expires_on, g.refundable, g.rule,
        g.follows_invoice_id,
        COALESCE(MAX(d.id), 0) AS moves,
        COALESCE(SUM(IF(e.kind = 'claw-back',
          IF(d.direction = 'draw', d.amount_hundredths, -d.amount_hundredths), 0)), 0) AS clawed_back
      FROM mod_creditbridge_tail t
      JOIN tblclients c ON c.id IN (${sql.join(clientIds)})
      JOIN mod_creditbridge_grants g ON g.client_id = c.id AND g.currency_id = c.currency
        AND g.remaining_hundredths > 0 AND g.epoch = t.epoch
      LEFT JOIN mod_creditbridge_draw_downs d ON d.grant_id = g.id
      LEFT JOIN mod_creditbridge_entries e ON e.sequence = d.spend_sequence
      GROUP BY g.id`.execute(trx),
    sql<HoldRow>`
      SELECT k.client_id, t.act, k.hold_hundredths AS hold
      FROM mod_creditbridge_commands k
      JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
      WHERE k.client_id IN (${sql.join(clientIds)}) AND k.state IN ('open', 'running', 'unknown')
        AND k.hold_hundredths > 0`.execute(trx),
  ]);
  const { held, unclear } = heldByGrant(holds.rows);
  const byClient = Map.groupBy(grants.rows, (row) => row.client_id);
  const clear = accounts.rows.filter(({ client_id }) => !unclear.has(client_id));
  return new Map(
    clear.map(({ client_id, balance, seen }) => [
      client_id,
      {
        balanceHundredths: balance,
        seenLogId: seen,
        grants: (byClient.get(client_id) ?? []).map((row) => toGrant(row, held.get(row.id) ?? 0n)),
      },
    ]),
  );
}

interface Holds {
  readonly held: ReadonlyMap<bigint, bigint>;
  /** Clients with a command whose act is unreadable; a sweep reports it. */
  readonly unclear: ReadonlySet<number>;
}

/** Adds up holds by grant: a command names one grant and takes its whole hold from it. */
function heldByGrant(rows: readonly HoldRow[]): Holds {
  const held = new Map<bigint, bigint>();
  const unclear = new Set<number>();
  for (const { client_id, act, hold } of rows) {
    const read = readStoredAct(act);
    if (read.do === 'unreadable') unclear.add(client_id);
    const [grantId] = read.do === 'spend' ? read.grants : [];
    if (grantId !== undefined) held.set(grantId, (held.get(grantId) ?? 0n) + hold);
  }
  return { held, unclear };
}

function toGrant(row: GrantRow, heldHundredths: bigint): GrantFacts {
  return {
    id: row.id,
    kind: readGrantKind(row.kind),
    amountHundredths: row.amount,
    remainingHundredths: row.remaining,
    heldHundredths,
    clawedBackHundredths: BigInt(row.clawed_back),
    openedOn: row.opened_on,
    expiresOn: row.expires_on,
    refundable: row.refundable === 1,
    rule: row.rule,
    followsInvoiceId: row.follows_invoice_id,
    moves: row.moves,
  };
}
