import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { ClientRange } from './run-store.ts';

export interface WantedDue extends ClientRange {
  /** Due on or before this local date. */
  readonly until: string;
  /** Leaves out invoices that this run has decided. */
  readonly undecidedIn: string | null;
  /** Also those that have credit of a client who has none left. */
  readonly withCreditOn: boolean;
  /** Also those on which something is paid, due by this local date; none when null. */
  readonly partlyPaidBy: string | null;
  readonly limit: number;
}

export interface Due {
  readonly clientId: number;
  readonly invoiceId: number;
}

/** An unpaid invoice, and why it was read. */
export interface FoundDue extends Due {
  /** Its client has credit, or it had some. */
  readonly isDue: boolean;
  readonly isPartlyPaid: boolean;
}

/**
 * An entry of the ledger put credit on it; what is left there, the facts tell. Not by EXISTS: MariaDB would read all entries first,
 * for every range.
 */
const HAD_CREDIT = sql`(SELECT 1 FROM mod_creditbridge_entries e FORCE INDEX (invoice_id)
  WHERE e.invoice_id = i.id AND e.kind = 'invoice' LIMIT 1) IS NOT NULL`;

const HAS_PAYMENT = sql`(SELECT 1 FROM tblaccounts a WHERE a.invoiceid = i.id LIMIT 1) IS NOT NULL`;

/**
 * Reads unpaid invoices of clients with credit, by client; if so wanted, also invoices that credit was put on, and those that are partly
 * paid. One look at each client's invoices, because a run looks at those of all clients.
 */
export async function dueInvoices(
  trx: Transaction<Database>,
  { from, to, until, undecidedIn, withCreditOn, partlyPaidBy, limit }: WantedDue,
): Promise<readonly FoundDue[]> {
  const undecided =
    undecidedIn === null
      ? sql``
      : sql`AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_decisions d
          WHERE d.invoice_id = i.id AND d.run_id = ${undecidedIn})`;
  const hasCredit = withCreditOn ? sql`(c.credit > 0 OR ${HAD_CREDIT})` : sql`c.credit > 0`;
  const isPartlyPaid =
    partlyPaidBy === null
      ? sql`0`
      : sql`(i.duedate <= ${partlyPaidBy} AND (i.credit > 0 OR ${HAS_PAYMENT}))`;
  const wantedClients = withCreditOn || partlyPaidBy !== null ? sql`` : sql`AND c.credit > 0`;
  // By clients, then their invoices: otherwise the optimizer starts with all unpaid invoices, for every range. What stands in IF has no
  // index: with old statistics MySQL would read all unpaid invoices for every client.
  const { rows } = await sql<Row>`
    SELECT STRAIGHT_JOIN c.id AS clientId, i.id AS invoiceId, ${hasCredit} ${undecided} AS isDue,
      ${isPartlyPaid} AS isPartlyPaid
    FROM tblclients c JOIN tblinvoices i ON i.userid = c.id
    WHERE c.id BETWEEN ${from} AND ${to} ${wantedClients}
      AND IF(i.status = 'Unpaid' AND i.duedate > '0000-00-00' AND i.duedate <= ${until}, 1, 0) = 1
    HAVING isDue OR isPartlyPaid ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
  return rows.map(({ clientId, invoiceId, ...row }) => ({
    clientId,
    invoiceId,
    isDue: Number(row.isDue) > 0,
    isPartlyPaid: Number(row.isPartlyPaid) > 0,
  }));
}

interface Row extends Due {
  readonly isDue: number | bigint;
  readonly isPartlyPaid: number | bigint;
}
