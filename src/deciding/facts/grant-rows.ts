import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { readGrantKind, readStoredAct } from '../../ledger/index.ts';
import type { GrantFacts } from '../../rules/index.ts';

/** A grant as `GRANT_COLUMNS` reads it. */
export interface GrantRow {
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
  readonly money_back: bigint;
  /** A union returns it as text. */
  readonly moves: bigint | string;
  readonly clawed_back: string | bigint;
}

interface HoldRow {
  readonly client_id: number;
  readonly act: string;
  readonly hold: bigint;
}

/** The columns of `GrantRow`, for a table of grants named `g` with `GRANT_MOVES`, grouped by `g.id`. */
export const GRANT_COLUMNS: RawBuilder<unknown> = sql`
  g.id, g.client_id, g.kind, g.amount_hundredths AS amount,
  g.remaining_hundredths AS remaining, g.opened_on, g.expires_on, g.refundable, g.rule,
  g.follows_invoice_id, g.money_back_hundredths AS money_back,
  COALESCE(MAX(d.id), 0) AS moves,
  COALESCE(SUM(IF(e.kind = 'claw-back',
    IF(d.direction = 'draw', d.amount_hundredths, -d.amount_hundredths), 0)), 0) AS clawed_back`;
export const GRANT_MOVES: RawBuilder<unknown> = sql`
  LEFT JOIN mod_creditbridge_draw_downs d ON d.grant_id = g.id
  LEFT JOIN mod_creditbridge_entries e ON e.sequence = d.spend_sequence`;

export interface GrantHolds {
  readonly held: ReadonlyMap<bigint, bigint>;
  /** Clients with a command whose act is unreadable; a sweep reports it. */
  readonly unclear: ReadonlySet<number>;
}

/** Reads what live commands will take from which grant of these clients. */
export async function readGrantHolds(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<GrantHolds> {
  const { rows } = await sql<HoldRow>`
    SELECT k.client_id, t.act, k.hold_hundredths AS hold
    FROM mod_creditbridge_commands k
    JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
    WHERE k.client_id IN (${sql.join(clientIds)}) AND k.state IN ('open', 'running', 'unknown')
      AND k.hold_hundredths > 0`.execute(trx);
  return heldByGrant(rows);
}

/** Adds up holds by grant: a command names one grant and takes its whole hold from it. */
function heldByGrant(rows: readonly HoldRow[]): GrantHolds {
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

export function toGrantFacts(row: GrantRow, heldHundredths: bigint): GrantFacts {
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
    moneyBackHundredths: row.money_back,
    moves: BigInt(row.moves),
  };
}
