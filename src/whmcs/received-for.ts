import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { receivedForDeposit } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InvoiceRow } from './invoice-rows.ts';

interface ContainerRow {
  readonly target: number;
  readonly line: string;
  readonly all_lines: string;
  readonly money: string;
}

/**
 * Money received for each invoice, its share of a mass payment's included; for one with AddFunds lines only what those
 * brought. `receivedForDeposit` says how it is shared out.
 */
export async function receivedFor(
  trx: Transaction<Database>,
  invoices: readonly InvoiceRow[],
): Promise<ReadonlyMap<number, bigint>> {
  const containers = await containersOf(trx, invoices);
  return new Map(
    invoices.map((row) => {
      const allLines = parseAmount(row.all_lines);
      const gross = allLines + parseAmount(row.tax) + parseAmount(row.tax2);
      const received = receivedForDeposit({
        depositLinesHundredths: row.deposit_lines === null ? gross : parseAmount(row.deposit_lines),
        grossHundredths: gross,
        moneyHundredths: parseAmount(row.paid),
        containers: containers.get(row.id) ?? [],
      });
      return [row.id, received];
    }),
  );
}

type Containers = Parameters<typeof receivedForDeposit>[0]['containers'];

/** The mass payments that hold a line for these invoices, found by client, type and related id (whmcs.md §2.6). */
async function containersOf(
  trx: Transaction<Database>,
  invoices: readonly InvoiceRow[],
): Promise<ReadonlyMap<number, Containers>> {
  if (invoices.length === 0) return new Map();
  const clients = [...new Set(invoices.map((row) => row.userid))];
  const { rows } = await sql<ContainerRow>`
    SELECT line.relid AS target, line.amount AS line,
      (SELECT SUM(t.amount) FROM tblinvoiceitems t WHERE t.invoiceid = line.invoiceid) AS all_lines,
      (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
        WHERE a.invoiceid = line.invoiceid) AS money
    FROM tblinvoiceitems line
    WHERE line.userid IN (${sql.join(clients)}) AND line.type = 'Invoice'
      AND line.relid IN (${sql.join(invoices.map((row) => row.id))}) AND line.invoiceid <> 0`.execute(
    trx,
  );
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
