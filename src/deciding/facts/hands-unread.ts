import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import type { InvoiceFacts } from '../../rules/index.ts';

interface Row {
  readonly id: number;
  /** The client's credit on the invoice, as far as the ledger has read; hundredths. */
  readonly known: string | bigint;
  /** Credit that came to the client and that the ledger has not read. */
  readonly unread: string | bigint | null;
  /** The ledger read it since the invoice was read. */
  readonly is_stored: number | bigint;
}

/**
 * Of these invoices, those that somebody took credit off just now: less is on them than the ledger knows, and at least as much
 * came to the client unread. When the ledger has read it, the hand is stored (src/books); that may be since the invoices were read.
 */
export async function handsUnread(
  trx: Transaction<Database>,
  invoices: readonly InvoiceFacts[],
): Promise<ReadonlySet<number>> {
  if (invoices.length === 0) return new Set();
  const takenOff = new Map(invoices.map(({ id, takenOffHundredths }) => [id, takenOffHundredths]));
  const { rows } = await sql<Row>`
    SELECT e.invoice_id AS id,
      SUM(IF(e.from_account = CONCAT('client:', e.client_id), e.amount_hundredths, -e.amount_hundredths)) AS known,
      GREATEST(COALESCE((SELECT CAST(SUM(l.amount) * 100 AS SIGNED) FROM tblcredit l
          WHERE l.id > MAX(t.cursor_log_id) AND l.clientid = e.client_id AND l.amount > 0), 0),
        COALESCE((SELECT CAST(c.credit * 100 AS SIGNED) - a.balance_hundredths FROM tblclients c
          JOIN mod_creditbridge_accounts a ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = MAX(t.epoch)
          WHERE c.id = e.client_id), 0)) AS unread,
      MAX(ko.invoice_id IS NOT NULL) AS is_stored
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id)
      ON e.invoice_id IN (${sql.join([...takenOff.keys()])}) AND e.epoch = t.epoch
    LEFT JOIN mod_creditbridge_kept_off ko ON ko.invoice_id = e.invoice_id
    WHERE t.id = 1 AND t.state = 'following' AND e.kind IN ('invoice', 'return', 'take-back', 'downgrade')
    GROUP BY e.invoice_id, e.client_id`.execute(trx);
  return new Set(
    rows.flatMap(({ id, known, unread, is_stored }) => {
      const off = BigInt(known) - (takenOff.get(id) ?? 0n);
      const isUnread = off > 0n && BigInt(unread ?? 0) >= off;
      return isUnread || Number(is_stored) === 1 ? [id] : [];
    }),
  );
}
