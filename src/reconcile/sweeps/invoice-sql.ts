import { sql } from 'kysely';
import { isNote } from '../../db/index.ts';

// What the statements over invoices share. Each names the invoice `i`, goes over a range of its primary key, and looks
// everything else up by an index.

/** The fact of a finding about the invoice, as ASCII like the column: otherwise its index would not be used. */
export const factOfInvoice = (prefix: string) =>
  sql`CONVERT(CONCAT(${sql.lit(prefix)}, i.id) USING ascii) COLLATE ascii_general_ci`;

/** Whether this hook was delivered for the invoice, and WHMCS's rows showed what it said. */
export const wasDelivered = (hook: string) => sql`EXISTS (
  SELECT 1 FROM mod_creditbridge_deliveries v
  WHERE v.invoice_id = i.id AND v.type = ${sql.lit(hook)} AND v.outcome = 'accepted' AND v.code <> 'never-visible')`;

/**
 * What stands on the invoice by notes of 9.x, in hundredths: credit that was put on it, and what closes it. They look alike
 * (whmcs.md §2.2).
 */
export const NOTED = sql<bigint>`COALESCE((SELECT CAST(SUM(IF(${isNote('a')}, a.amountin - a.amountout, 0)) * 100 AS SIGNED)
  FROM tblaccounts a WHERE a.invoiceid = i.id), 0)`;

/** Whether a command of ours cancelled the invoice. */
export const IS_CANCELLED_BY_US = sql`EXISTS (
  SELECT 1 FROM mod_creditbridge_commands k FORCE INDEX (client_state)
  WHERE k.client_id = i.userid AND k.state = 'done' AND k.invoice_id = i.id
    AND k.action = 'UpdateInvoice')`;
