import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { isMoney } from '../db/index.ts';
import type { Asking } from './asked-grants.ts';
import type { DueGrant } from './due-grant.ts';

/** Older refunds were checked often enough. */
const REFUNDED_WITHIN_DAYS = 7;
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
 * Reads grants for deposits that were refunded in these days, directly or through the mass payment that paid them (whmcs.md
 * §2.6), unless the rules were asked since, in the order of their ids. A debit note is no refund.
 */
export async function refundedGrants(
  db: Db,
  localDate: string,
  { mark, stoppedMark }: Asking,
  after: DueGrant | null,
): Promise<readonly DueGrant[]> {
  const { rows } = await sql<{
    id: bigint;
    client_id: number;
    follows_invoice_id: number;
    refund_id: number;
    is_stopped: number;
  }>`
    SELECT g.id, g.client_id, g.follows_invoice_id, refunds.refund_id, ${IS_STOPPED}
    FROM mod_creditbridge_tail t
    JOIN (
      SELECT deposit, MAX(refund_id) AS refund_id FROM (
        SELECT a.invoiceid AS deposit, a.id AS refund_id FROM tblaccounts a
        WHERE a.date >= ${localDate} - INTERVAL ${sql.lit(REFUNDED_WITHIN_DAYS)} DAY AND a.amountout > 0
          AND a.invoiceid > 0 AND ${isMoney('a')}
        UNION ALL
        SELECT l.relid, a.id FROM tblaccounts a
        JOIN tblinvoiceitems l ON l.invoiceid = a.invoiceid AND l.type = 'Invoice'
        WHERE a.date >= ${localDate} - INTERVAL ${sql.lit(REFUNDED_WITHIN_DAYS)} DAY AND a.amountout > 0
          AND a.invoiceid > 0 AND ${isMoney('a')}
      ) AS paid_back GROUP BY deposit
    ) AS refunds
    STRAIGHT_JOIN mod_creditbridge_grants g FORCE INDEX (follows_invoice_id)
      ON g.follows_invoice_id = refunds.deposit AND g.epoch = t.epoch
    ${STOPS}
    WHERE t.id = 1 AND t.state = 'following' AND g.remaining_hundredths > 0 AND g.id > ${after?.id ?? 0n}
      AND g.refund_asked NOT IN (CONCAT(${mark}, ':', refunds.refund_id),
        CONCAT(${stoppedMark}, ':', refunds.refund_id))
    ORDER BY g.id LIMIT ${sql.lit(PAGE_GRANTS)}`.execute(db);
  return rows.map(({ id, client_id, follows_invoice_id, refund_id, is_stopped }) => ({
    id,
    clientId: client_id,
    isStopped: is_stopped === 1,
    why: { kind: 'refunded', invoiceId: follows_invoice_id, refundId: refund_id },
  }));
}
