import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { Asking } from './asked-grants.ts';
import type { DueGrant } from './due-grant.ts';

/** Grants in one transaction: as many questions as half a second answers. */
const PAGE_GRANTS = 500;

/** Whether the client of a grant `g` is stopped, and what that is read from. */
const IS_STOPPED = sql`(z.client_id IS NOT NULL OR d.client_id IS NOT NULL) AS is_stopped`;
const STOPS = sql`
  LEFT JOIN mod_creditbridge_frozen_clients z ON z.client_id = g.client_id
  LEFT JOIN mod_creditbridge_drifts d
    ON d.client_id = g.client_id AND d.currency_id = g.currency_id AND d.state = 'open'`;

/**
 * Reads grants with a rest whose last day is before this date, unless the rules were asked about them, in the order of their
 * last days and ids. Grants that were asked about leave the index, so nobody reads them again.
 */
export async function expiredGrants(
  db: Db,
  localDate: string,
  after: DueGrant | null,
): Promise<readonly DueGrant[]> {
  const behind =
    after?.why.kind === 'expired'
      ? sql`AND (g.expires_on > ${after.why.expiresOn}
          OR g.expires_on = ${after.why.expiresOn} AND g.id > ${after.id})`
      : sql``;
  const { rows } = await sql<{
    id: bigint;
    client_id: number;
    expires_on: string;
    is_stopped: number;
  }>`
    SELECT g.id, g.client_id, g.expires_on, ${IS_STOPPED}
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_grants g FORCE INDEX (expiry_due) ON g.epoch = t.epoch
    ${STOPS}
    WHERE t.id = 1 AND t.state = 'following' AND g.expiry_due = '' AND g.expires_on < ${localDate} ${behind}
    ORDER BY g.expires_on, g.id LIMIT ${sql.lit(PAGE_GRANTS)}`.execute(db);
  return rows.map(({ id, client_id, expires_on, is_stopped }) => ({
    id,
    clientId: client_id,
    isStopped: is_stopped === 1,
    why: { kind: 'expired', expiresOn: expires_on },
  }));
}

/**
 * Reads grants whose payment went back, wholly or in part (`money_back`, src/follow), unless the rules were asked since, in the
 * order of their ids. A grant that is used up counts while something of its payment's own credit is left.
 */
export async function refundedGrants(
  db: Db,
  { mark, stoppedMark }: Asking,
  after: DueGrant | null,
): Promise<readonly DueGrant[]> {
  const { rows } = await sql<{
    id: bigint;
    client_id: number;
    follows_invoice_id: number;
    money_back: bigint;
    is_stopped: number;
  }>`
    SELECT g.id, g.client_id, g.follows_invoice_id, g.money_back_hundredths AS money_back, ${IS_STOPPED}
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_grants g FORCE INDEX (money_back)
      ON g.epoch = t.epoch AND g.money_back_hundredths > 0
    ${STOPS}
    WHERE t.id = 1 AND t.state = 'following' AND g.follows_invoice_id IS NOT NULL AND g.id > ${after?.id ?? 0n}
      AND g.refund_asked NOT IN (CONCAT(${mark}, ':', g.money_back_hundredths),
        CONCAT(${stoppedMark}, ':', g.money_back_hundredths))
      AND (g.remaining_hundredths > 0 OR (
        SELECT 1 FROM mod_creditbridge_entries e FORCE INDEX (invoice_id)
        JOIN mod_creditbridge_grants o ON o.id = e.sequence AND o.remaining_hundredths > 0
        WHERE e.invoice_id = g.follows_invoice_id AND e.epoch = g.epoch AND e.kind IN ('deposit', 'overpayment')
        LIMIT 1) IS NOT NULL)
    ORDER BY g.id LIMIT ${sql.lit(PAGE_GRANTS)}`.execute(db);
  return rows.map(({ id, client_id, follows_invoice_id, money_back, is_stopped }) => ({
    id,
    clientId: client_id,
    isStopped: is_stopped === 1,
    why: { kind: 'refunded', invoiceId: follows_invoice_id, moneyBackHundredths: money_back },
  }));
}
