import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { parseAmount, spread } from '../money/index.ts';
import type { LineFacts } from '../rules/index.ts';
import { whichInvoices } from './invoices-of.ts';

/** A line with what it is for. Amounts are DECIMAL texts. */
export interface LineRow {
  readonly id: number;
  readonly invoiceid: number;
  readonly type: string;
  readonly relid: number;
  readonly amount: string;
  readonly taxed: number;
  readonly service_id: number | null;
  readonly addon_id: number | null;
  readonly domain_id: number | null;
  readonly product_id: number | null;
  readonly group_id: number | null;
}

/**
 * What `relid` is the id of, by type (whmcs.md §5). A discount has that of the discounted line. Of an upgrade it is the upgrade's,
 * whose own `relid` is an addon's or a service's. All other types name nothing that we know.
 */
const OF_SERVICE = ['Hosting', 'Setup', 'PromoHosting'];
const OF_ADDON = ['Addon'];
const OF_DOMAIN = ['Domain', 'DomainRegister', 'DomainTransfer', 'PromoDomain'];
const OF_UPGRADE = ['Upgrade'];

/** Reads the lines of the invoices that `invoicesOf` reads for the same ids, in one statement. */
export async function linesOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, readonly LineRow[]>> {
  const which = whichInvoices(invoiceIds, clientIds);
  if (which === null) return new Map();
  const { rows } = await sql<LineRow>`
    SELECT STRAIGHT_JOIN t.id, t.invoiceid, t.type, t.relid, t.amount, t.taxed, s.id AS service_id,
      n.id AS addon_id, d.id AS domain_id, p.id AS product_id, p.gid AS group_id
    FROM ${which.from} JOIN tblinvoiceitems t ON t.invoiceid = i.id
    LEFT JOIN tblupgrades u ON t.type IN (${sql.join(OF_UPGRADE)}) AND u.id = t.relid
    LEFT JOIN tblhostingaddons n
      ON n.id = CASE WHEN t.type IN (${sql.join(OF_ADDON)}) THEN t.relid WHEN u.type = 'addon' THEN u.relid END
    LEFT JOIN tblhosting s ON s.id = CASE WHEN t.type IN (${sql.join(OF_SERVICE)}) THEN t.relid
      WHEN u.type <> 'addon' THEN u.relid ELSE n.hostingid END
    LEFT JOIN tbldomains d ON t.type IN (${sql.join(OF_DOMAIN)}) AND d.id = t.relid
    LEFT JOIN tblproducts p ON p.id = s.packageid
    ${which.where} ORDER BY t.id`.execute(trx);
  return Map.groupBy(rows, (row) => row.invoiceid);
}

/**
 * Turns an invoice's lines into the facts that rules see. What the invoice asks more than the sum of its lines is their tax, in either
 * tax mode (whmcs.md §2.9). The taxed lines share it in proportion to their amounts, in whole units of the currency, by the
 * largest remainder (`spread`), so that all lines together are the invoice to the hundredth. A discount lowers the tax in the
 * same proportion. Where WHMCS marks no line as taxed, or the marked ones add up to nothing, all share it.
 */
export function toLineFacts(
  rows: readonly LineRow[],
  grossHundredths: bigint,
  decimals: number,
): readonly LineFacts[] {
  const amounts = rows.map(({ amount }) => parseAmount(amount));
  const tax = grossHundredths - sum(amounts);
  const taxed = rows.map(({ taxed: isTaxed }, index) =>
    isTaxed === 1 ? (amounts[index] ?? 0n) : 0n,
  );
  const weights = [taxed, amounts, rows.map(() => 1n)].find((some) => sum(some) !== 0n);
  const shares = weights === undefined ? [] : spread(tax, weights, decimals === 0 ? 100n : 1n);
  return rows.map((row, index) => {
    const amount = amounts[index] ?? 0n;
    return {
      id: row.id,
      type: row.type,
      relatedId: row.relid,
      serviceId: row.service_id,
      addonId: row.addon_id,
      domainId: row.domain_id,
      productId: row.product_id,
      productGroupId: row.group_id,
      amountHundredths: amount,
      withTaxHundredths: amount + (shares[index] ?? 0n),
    };
  });
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((all, one) => all + one, 0n);
}
