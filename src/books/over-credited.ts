import { type RawBuilder, sql } from 'kysely';
import { type Db, isNote } from '../db/index.ts';
import { least, parseAmount } from '../money/index.ts';
import { moneyFigures, type RawMoneyFigures, readMoneyFigures } from '../whmcs/index.ts';

/** How much of the client's credit is on an invoice, and how much of that it does not need. */
export interface CreditedInvoice {
  readonly invoiceId: number;
  readonly clientId: number;
  readonly currencyCode: string;
  readonly carriedHundredths: bigint;
  /** Zero for an invoice that needs it all, that is ended, or whose figures do not add up. */
  readonly surplusHundredths: bigint;
}

interface Row extends RawMoneyFigures {
  readonly invoiceId: number;
  readonly clientId: number;
  readonly isLive: number | bigint;
  readonly code: string | null;
  readonly carried: string;
  readonly overpaid: string;
  readonly debited: string;
}

/** From cancelled and refunded invoices credit comes back in other ways (whmcs.md §2.7). */
const IS_LIVE = sql`i.status IN ('Unpaid', 'Paid', 'Payment Pending', 'Collections')`;

/**
 * Reads the invoices of a range of ids that the ledger saw credit go on. An invoice that was lowered afterwards keeps that
 * credit in WHMCS; its surplus is what was paid beyond its new amount, as far as that is the client's credit.
 */
export async function creditedInvoices(
  db: Db,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly CreditedInvoice[]> {
  const { rows } = await sql<Row>`
    SELECT i.id AS invoiceId, i.userid AS clientId, ${IS_LIVE} AS isLive, cur.code, ${moneyFigures},
      ${sumOf(sql`'invoice', 'return', 'take-back', 'downgrade'`, 'out')} AS carried,
      ${sumOf(sql`'overpayment'`, 'in')} AS overpaid,
      (SELECT COALESCE(SUM(a.amountout), 0) FROM tblaccounts a
        WHERE a.invoiceid = i.id AND ${isNote('a')}) AS debited
    FROM mod_creditbridge_tail t
    JOIN tblinvoices i ON i.id BETWEEN ${from} AND ${to}
    LEFT JOIN tblclients client ON client.id = i.userid
    LEFT JOIN tblcurrencies cur ON cur.id = client.currency
    WHERE t.id = 1 AND EXISTS (
      SELECT 1 FROM mod_creditbridge_entries e WHERE e.invoice_id = i.id AND e.kind = 'invoice')`.execute(
    db,
  );
  return rows.map((row) => ({
    invoiceId: row.invoiceId,
    clientId: row.clientId,
    currencyCode: row.code ?? '',
    carriedHundredths: BigInt(row.carried),
    surplusHundredths: surplusOf(row),
  }));
}

/** How much more of the client's credit is on this invoice than it needs. */
export async function surplusOn(db: Db, invoiceId: number): Promise<bigint> {
  const [invoice] = await creditedInvoices(db, { from: invoiceId, to: invoiceId });
  return invoice?.surplusHundredths ?? 0n;
}

/** What entries of the invoice moved in this epoch; an entry that is taken back has one against it. */
function sumOf(kinds: RawBuilder<unknown>, direction: 'in' | 'out') {
  const isOut = sql`e.from_account = CONCAT('client:', e.client_id)`;
  const counts = direction === 'out' ? isOut : sql`NOT ${isOut}`;
  return sql`(SELECT COALESCE(SUM(IF(${counts}, e.amount_hundredths, -e.amount_hundredths)), 0)
    FROM mod_creditbridge_entries e
    WHERE e.invoice_id = i.id AND e.client_id = i.userid AND e.epoch = t.epoch AND e.kind IN (${kinds}))`;
}

function surplusOf(row: Row): bigint {
  const { money } = readMoneyFigures(row);
  if (Number(row.isLive) !== 1 || money.arithmetic === 'neither') return 0n;
  // A payment's surplus is the client's credit already; on 9.x a debit note takes it off the invoice (whmcs.md §2.2).
  const overpaid = BigInt(row.overpaid) - parseAmount(row.debited);
  const beyond = -money.openHundredths - (overpaid > 0n ? overpaid : 0n);
  const surplus = least(beyond, BigInt(row.carried));
  return surplus > 0n ? surplus : 0n;
}
