import { sql } from 'kysely';
import { holdingStates } from '../../bridge/index.ts';

/**
 * Whether a running command `k` has taken its credit off the balance of the client `c` already: WHMCS commits that before the shim notes
 * that it is done. The balance is then what it was at the start less what the command takes. Where something else moved
 * it meanwhile, nobody can tell, and the hold counts until the command is settled.
 */
const IS_OFF = sql`IF(k.state = 'running' AND k.hold_hundredths > 0 AND JSON_VALID(k.witnesses),
  c.credit * 100 = CAST(JSON_UNQUOTE(JSON_EXTRACT(k.witnesses, '$.balance')) AS DECIMAL(16, 2)) * 100 - k.hold_hundredths, FALSE)`;

/**
 * The only place that defines how much credit a client may spend. A statement over `tblclients c` adds these columns and joins.
 * So it sees a command that settles meanwhile either before (with its hold) or after (with the new balance).
 */
export const SPENDABLE_COLUMNS = sql`
  (SELECT COALESCE(SUM(IF(${IS_OFF}, 0, k.hold_hundredths)), 0) FROM mod_creditbridge_commands k FORCE INDEX (client_state)
    WHERE k.client_id = c.id AND k.state IN (${sql.join([...holdingStates])})) AS held,
  (SELECT COALESCE(SUM(p.hold_hundredths), 0) FROM mod_creditbridge_approvals p FORCE INDEX (client_state)
    WHERE p.client_id = c.id AND p.state = 'pending')
  + (SELECT COALESCE(SUM(q.amount_hundredths), 0) FROM mod_creditbridge_parkings q FORCE INDEX (client_state)
    LEFT JOIN mod_creditbridge_commands y ON y.live_fact = q.park_fact
    WHERE q.client_id = c.id AND q.state = 'reserved' AND y.id IS NULL) AS reserved,
  (dr.whmcs_hundredths - dr.ledger_hundredths) AS drift,
  IF(fz.reason = '', 'the reason was not told yet', fz.reason) AS frozen_because`;

/** Joins freezes and open drift by their keys. */
export const SPENDABLE_JOINS = sql`
  LEFT JOIN mod_creditbridge_frozen_clients fz ON fz.client_id = c.id
  LEFT JOIN mod_creditbridge_drifts dr
    ON dr.client_id = c.id AND dr.currency_id = c.currency AND dr.state = 'open'`;

/** The columns, with the driver's types. */
export interface SpendableRow {
  readonly held: string | bigint;
  readonly reserved: string | bigint;
  readonly drift: bigint | null;
  readonly frozen_because: string | null;
}

export interface Spendable {
  /** Held by live commands, and reserved. */
  readonly heldHundredths: bigint;
  /** Left alone by our own rules: by proposals that wait for approval, and credit in doubt that is not parked yet. */
  readonly reservedHundredths: bigint;
  readonly spendableHundredths: bigint;
}

/**
 * Returns the credit minus holds, never below zero. While WHMCS and the ledger differ, it uses the smaller balance, so that
 * nobody spends credit that the ledger does not know.
 */
export function spendableOf(creditHundredths: bigint, row: SpendableRow): Spendable {
  const [held, reserved] = [BigInt(row.held), BigInt(row.reserved)];
  const excess = row.drift !== null && row.drift > 0n ? row.drift : 0n;
  const spendable = creditHundredths - excess - held - reserved;
  return {
    heldHundredths: held + reserved,
    reservedHundredths: reserved,
    spendableHundredths: spendable > 0n ? spendable : 0n,
  };
}
