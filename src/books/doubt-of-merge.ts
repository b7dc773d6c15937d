import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/index.ts';

/** A merge of which a hook told: the first client went into the second. */
export interface Merge {
  readonly fromClientId: number;
  readonly toClientId: number;
}

/**
 * What in WHMCS's rows speaks against a merge (whmcs.md §2.7): a hook's word alone proves nothing. After a true merge the
 * client is gone, the other one is there, and what was the client's belongs to the other.
 *
 * @returns a clause such as `client #5 is still in WHMCS`, or null when the rows agree
 */
export async function doubtOfMerge(db: Kysely<Database>, merge: Merge): Promise<string | null> {
  const { fromClientId: from, toClientId: to } = merge;
  const { rows } = await sql<Record<keyof Looks, number | bigint>>`
    SELECT EXISTS (SELECT 1 FROM tblclients WHERE id = ${from}) AS isFromThere,
      EXISTS (SELECT 1 FROM tblclients WHERE id = ${to}) AS isToThere,
      EXISTS (SELECT 1 FROM tblinvoices WHERE userid = ${from}) AS hasInvoices,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e JOIN tblcredit r ON r.id = e.log_id
        WHERE e.client_id = ${from} AND r.clientid = ${from}) AS hasLogRows,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e
        WHERE e.client_id = ${from} AND e.invoice_id IS NOT NULL) AS hadInvoices,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e JOIN tblinvoices i ON i.id = e.invoice_id
        WHERE e.client_id = ${from} AND i.userid = ${to}) AS hasOtherInvoices`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('A SELECT without a table gave no row.');
  return against(merge, {
    isFromThere: Number(row.isFromThere) === 1,
    isToThere: Number(row.isToThere) === 1,
    hasInvoices: Number(row.hasInvoices) === 1,
    hasLogRows: Number(row.hasLogRows) === 1,
    hadInvoices: Number(row.hadInvoices) === 1,
    hasOtherInvoices: Number(row.hasOtherInvoices) === 1,
  });
}

interface Looks {
  readonly isFromThere: boolean;
  readonly isToThere: boolean;
  /** Invoices still belong to the client. */
  readonly hasInvoices: boolean;
  /** Rows of the credit log still belong to the client; looked for among those that the ledger has read. */
  readonly hasLogRows: boolean;
  /** The ledger knows invoices of the client. */
  readonly hadInvoices: boolean;
  /** One of them belongs to the other client now. */
  readonly hasOtherInvoices: boolean;
}

function against({ fromClientId: from, toClientId: to }: Merge, looks: Looks): string | null {
  if (looks.isFromThere) return `client #${from} is still in WHMCS`;
  if (!looks.isToThere) return `client #${to} is not in WHMCS`;
  if (looks.hasInvoices) return `invoices still belong to client #${from}`;
  if (looks.hasLogRows) return `rows of the credit log still belong to client #${from}`;
  if (looks.hadInvoices && !looks.hasOtherInvoices) {
    return `no invoice of client #${from} belongs to client #${to} now`;
  }
  return null;
}
