import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { DueGrant } from './due-grants.ts';

/** Older refunds were checked often enough. */
const REFUNDED_WITHIN_DAYS = 7;

/** Reads grants with a rest whose last day is before this date, in the order of their ids. */
export async function expiredGrants(
  db: Db,
  localDate: string,
  after: bigint,
  limit: number,
): Promise<readonly DueGrant[]> {
  const { rows } = await sql<{ id: bigint; client_id: number; expires_on: string }>`
    SELECT g.id, g.client_id, g.expires_on
    FROM mod_creditbridge_tail t JOIN mod_creditbridge_grants g ON g.epoch = t.epoch
    WHERE t.state = 'following' AND g.expires_on < ${localDate} AND g.remaining_hundredths > 0
      AND g.id > ${after}
    ORDER BY g.id LIMIT ${sql.lit(limit)}`.execute(db);
  return rows.map(({ id, client_id, expires_on }) => ({
    id,
    clientId: client_id,
    why: { kind: 'expired', expiresOn: expires_on },
  }));
}

/**
 * Reads grants for deposits that were refunded in these days, directly or through the mass payment that paid them (whmcs.md
 * §2.6), in the order of their ids.
 */
export async function refundedGrants(
  db: Db,
  localDate: string,
  after: bigint,
  limit: number,
): Promise<readonly DueGrant[]> {
  const { rows } = await sql<{ id: bigint; client_id: number; follows_invoice_id: number }>`
    SELECT g.id, g.client_id, g.follows_invoice_id
    FROM mod_creditbridge_tail t
    JOIN (
      SELECT a.invoiceid AS deposit FROM tblaccounts a
      WHERE a.date >= ${localDate} - INTERVAL ${sql.lit(REFUNDED_WITHIN_DAYS)} DAY AND a.amountout > 0
        AND a.invoiceid > 0
      UNION
      SELECT l.relid FROM tblaccounts a
      JOIN tblinvoiceitems l ON l.invoiceid = a.invoiceid AND l.type = 'Invoice'
      WHERE a.date >= ${localDate} - INTERVAL ${sql.lit(REFUNDED_WITHIN_DAYS)} DAY AND a.amountout > 0
        AND a.invoiceid > 0
    ) AS refunds
    JOIN mod_creditbridge_grants g ON g.follows_invoice_id = refunds.deposit AND g.epoch = t.epoch
    WHERE t.state = 'following' AND g.remaining_hundredths > 0 AND g.id > ${after}
    ORDER BY g.id LIMIT ${sql.lit(limit)}`.execute(db);
  return rows.map(({ id, client_id, follows_invoice_id }) => ({
    id,
    clientId: client_id,
    why: { kind: 'refunded', invoiceId: follows_invoice_id },
  }));
}
