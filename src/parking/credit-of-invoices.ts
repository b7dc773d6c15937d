import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { idsNamedBy } from '../ledger/index.ts';

/** Credit that WHMCS made of money for an invoice. Its grant has the entry's sequence. */
export interface CreditOfInvoice {
  readonly sequence: bigint;
  readonly clientId: number;
  readonly currencyId: number;
  readonly amountHundredths: bigint;
  readonly invoiceId: number;
  readonly kind: string;
}

/**
 * Reads the credit that WHMCS made of money for these invoices, and credit that nobody could explain whose row of the log
 * names one of them. First what was most probably booked too often: overpayments, then what no payment explains, then deposits, the
 * newest of each first. The oldest deposit of an invoice is left out, since that one was paid.
 */
export async function creditOfInvoices(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  invoiceIds: ReadonlySet<number>,
): Promise<readonly CreditOfInvoice[]> {
  if (clientIds.length === 0 || invoiceIds.size === 0) return [];
  const { rows } = await sql<Row>`
    SELECT e.sequence, e.client_id AS clientId, e.currency_id AS currencyId,
      e.amount_hundredths AS amountHundredths, e.invoice_id AS invoiceId, e.kind, l.relid, l.description
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_entries e FORCE INDEX (client) ON e.epoch = t.epoch
      AND e.client_id IN (${sql.join(clientIds)})
    JOIN mod_creditbridge_grants g ON g.id = e.sequence
    JOIN tblcredit l ON l.id = e.log_id
    WHERE t.id = 1 AND e.command_id IS NULL AND e.corrects IS NULL
      AND (e.invoice_id IN (${sql.join([...invoiceIds])}) AND e.kind NOT IN ('return', 'transit')
        OR e.kind = 'unknown')
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
    ORDER BY e.kind <> 'overpayment', e.kind = 'deposit', e.sequence DESC`.execute(trx);
  const named = rows.flatMap(({ relid, description, invoiceId: known, ...entry }) => {
    const ids = idsNamedBy({ relid, description });
    const invoiceId = known ?? ids.find((id) => invoiceIds.has(id));
    return invoiceId === undefined ? [] : [{ ...entry, invoiceId }];
  });
  const paid = new Set(
    [...invoiceIds].flatMap(
      (id) =>
        named.findLast(({ invoiceId, kind }) => invoiceId === id && kind === 'deposit')?.sequence ??
        [],
    ),
  );
  return named.filter(({ sequence }) => !paid.has(sequence));
}

interface Row extends Omit<CreditOfInvoice, 'invoiceId'> {
  readonly invoiceId: number | null;
  readonly relid: number;
  readonly description: string;
}

/**
 * Credit beyond what the payments in doubt became: WHMCS may book the same deposit for each of several callbacks that come at
 * once. Of each invoice the first so many of an amount are the payments' own.
 */
export function creditBeyond(
  credit: readonly CreditOfInvoice[],
  doubts: readonly { readonly invoiceId: number; readonly amountHundredths: bigint }[],
): readonly CreditOfInvoice[] {
  const own = new Map<string, number>();
  const keyOf = (one: { readonly invoiceId: number; readonly amountHundredths: bigint }) =>
    `${one.invoiceId}:${one.amountHundredths}`;
  for (const doubt of doubts) own.set(keyOf(doubt), (own.get(keyOf(doubt)) ?? 0) + 1);
  return credit.filter((one) => {
    const left = own.get(keyOf(one));
    if (left === undefined) return false;
    own.set(keyOf(one), left - 1);
    return left <= 0;
  });
}
