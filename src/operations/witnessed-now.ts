import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';

export interface WitnessedNow {
  readonly balanceHundredths: bigint | null;
  readonly invoice: {
    readonly status: string;
    readonly creditHundredths: bigint;
    readonly totalHundredths: bigint;
    readonly balanceHundredths: bigint;
  } | null;
}

/** What stands in WHMCS's tables now of what a command's witnesses saw; null members where the row is gone. */
export async function witnessedNow(
  db: Db,
  clientId: number,
  invoiceId: number | null,
): Promise<WitnessedNow> {
  const [client, invoice] = await Promise.all([
    db.selectFrom('tblclients').select('credit').where('id', '=', clientId).executeTakeFirst(),
    invoiceId === null ? undefined : invoiceNow(db, invoiceId),
  ]);
  return {
    balanceHundredths: client === undefined ? null : parseAmount(client.credit),
    invoice: invoice ?? null,
  };
}

/** What is open on an invoice is its total less its payments (whmcs.md §2.2). */
async function invoiceNow(db: Db, id: number): Promise<WitnessedNow['invoice'] | undefined> {
  const { rows } = await sql<{
    readonly status: string;
    readonly credit: string;
    readonly total: string;
    readonly paid: string;
  }>`
    SELECT i.status, i.credit, i.total,
      (SELECT COALESCE(SUM(p.amountin - p.amountout), 0) FROM tblaccounts p WHERE p.invoiceid = i.id) AS paid
    FROM tblinvoices i WHERE i.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const totalHundredths = parseAmount(row.total);
  return {
    status: row.status,
    creditHundredths: parseAmount(row.credit),
    totalHundredths,
    balanceHundredths: totalHundredths - parseAmount(row.paid),
  };
}
