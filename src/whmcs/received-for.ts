import { sql, type Transaction } from 'kysely';
import { WhmcsError } from '../base/index.ts';
import type { Database } from '../db/index.ts';
import { isMoney } from '../db/index.ts';
import { receivedForDeposit } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InvoiceRow } from './invoice-rows.ts';

interface ContainerRow {
  readonly target: number;
  readonly line: string;
  readonly all_lines: string;
  readonly money: string;
}

export type Containers = Parameters<typeof receivedForDeposit>[0]['containers'];

/**
 * Returns the money received for an invoice, with its share of mass payments; for one with AddFunds lines, only the money
 * for those. `receivedForDeposit` explains the division.
 *
 * @throws {WhmcsError} `money-not-known`: it waits until the right to tell money from notes is given.
 */
export function receivedFor(row: InvoiceRow, containers: Containers): bigint {
  if (!row.knowsMoney) {
    throw new WhmcsError(
      'money-not-known',
      `What was received for invoice #${row.id} is not known: since the upgrade of WHMCS, tblaccounts also holds credit notes, and we may not read which rows these are. Run the statements of \`creditbridge grants\`.`,
    );
  }
  const allLines = parseAmount(row.all_lines);
  const gross = allLines + parseAmount(row.tax) + parseAmount(row.tax2);
  return receivedForDeposit({
    depositLinesHundredths: row.deposit_lines === null ? gross : parseAmount(row.deposit_lines),
    grossHundredths: gross,
    moneyHundredths: row.money.receivedHundredths,
    containers,
  });
}

/** Reads the mass payments that have a line for these invoices, by client, type and related id (whmcs.md §2.6). */
export async function containersOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<ReadonlyMap<number, Containers>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await sql<ContainerRow>`
    SELECT STRAIGHT_JOIN line.relid AS target, line.amount AS line,
      (SELECT SUM(t.amount) FROM tblinvoiceitems t WHERE t.invoiceid = line.invoiceid) AS all_lines,
      (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
        WHERE a.invoiceid = line.invoiceid AND ${isMoney('a')}) AS money
    FROM tblinvoices i
    JOIN tblinvoiceitems line ON line.userid = i.userid AND line.type = 'Invoice' AND line.relid = i.id
    WHERE i.id IN (${sql.join(invoiceIds)}) AND line.invoiceid <> 0`.execute(trx);
  const byTarget = new Map<number, Containers[number][]>();
  for (const row of rows) {
    const containers = byTarget.get(row.target) ?? [];
    if (containers.length === 0) byTarget.set(row.target, containers);
    containers.push({
      lineHundredths: parseAmount(row.line),
      linesHundredths: parseAmount(row.all_lines),
      moneyHundredths: parseAmount(row.money),
    });
  }
  return byTarget;
}
