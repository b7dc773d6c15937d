import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { isMoney } from '../db/index.ts';
import { type MoneyRow, receivedForDeposit, repeatedPayments } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import type { InvoiceRow } from './invoice-rows.ts';
import { moneyNotKnown } from './money-not-known.ts';
import { moneyRowsOf } from './money-rows.ts';

interface ContainerRow {
  readonly id: number;
  readonly target: number;
  readonly line: string;
  readonly all_lines: string;
  readonly money: string;
}

type DepositContainer = Parameters<typeof receivedForDeposit>[0]['containers'][number];

/** Mass payments that have a line for an invoice. */
export type Containers = readonly (DepositContainer & { readonly id: number })[];

/** What payments that were told several times brought too much, by invoice, in hundredths. */
export type RepeatedMoney = ReadonlyMap<number, bigint>;

/**
 * Returns the money received for an invoice, with its share of mass payments; for one with AddFunds lines, only the money
 * for those. A payment that a gateway told several times counts once. `receivedForDeposit` explains the division.
 *
 * @throws {WhmcsError} `money-not-known`: it waits until the right to tell money from notes is given.
 */
export function receivedFor(
  row: InvoiceRow,
  containers: Containers,
  repeated: RepeatedMoney,
): bigint {
  if (!row.knowsMoney) throw moneyNotKnown(`invoice #${row.id}`);
  const gross = grossOfLines(row);
  const once = (id: number, hundredths: bigint) => hundredths - (repeated.get(id) ?? 0n);
  return receivedForDeposit({
    depositLinesHundredths: row.deposit_lines === null ? gross : parseAmount(row.deposit_lines),
    grossHundredths: gross,
    moneyHundredths: once(row.id, row.money.receivedHundredths),
    containers: containers.map(({ id, moneyHundredths, ...lines }) => ({
      ...lines,
      moneyHundredths: once(id, moneyHundredths),
    })),
  });
}

/** All lines with the invoice's tax. */
export function grossOfLines({ all_lines, figures }: InvoiceRow): bigint {
  return parseAmount(all_lines) + figures.taxHundredths + figures.tax2Hundredths;
}

/** Reads the mass payments that have a line for these invoices, by client, type and related id (whmcs.md §2.6). */
export async function containersOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<ReadonlyMap<number, Containers>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await sql<ContainerRow>`
    SELECT STRAIGHT_JOIN line.invoiceid AS id, line.relid AS target, line.amount AS line,
      (SELECT SUM(t.amount) FROM tblinvoiceitems t WHERE t.invoiceid = line.invoiceid) AS all_lines,
      (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
        WHERE a.invoiceid = line.invoiceid AND ${isMoney('a')}) AS money
    ${LINES_FOR} WHERE i.id IN (${sql.join(invoiceIds)}) AND line.invoiceid <> 0`.execute(trx);
  const byTarget = new Map<number, Containers[number][]>();
  for (const row of rows) {
    const containers = byTarget.get(row.target) ?? [];
    if (containers.length === 0) byTarget.set(row.target, containers);
    containers.push({
      id: row.id,
      lineHundredths: parseAmount(row.line),
      linesHundredths: parseAmount(row.all_lines),
      moneyHundredths: parseAmount(row.money),
    });
  }
  return byTarget;
}

const LINES_FOR: RawBuilder<unknown> = sql`
    FROM tblinvoices i
    JOIN tblinvoiceitems line ON line.userid = i.userid AND line.type = 'Invoice' AND line.relid = i.id`;

/** Reads what was told several times, for these invoices and for the mass payments that have a line for them. */
export async function repeatedMoneyOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<RepeatedMoney> {
  if (invoiceIds.length === 0) return new Map();
  const own = sql.join(invoiceIds);
  const rows = await moneyRowsOf(
    trx,
    sql`SELECT n.id FROM tblinvoices n WHERE n.id IN (${own}) UNION SELECT STRAIGHT_JOIN line.invoiceid
      ${LINES_FOR} WHERE i.id IN (${own}) AND line.invoiceid <> 0`,
  );
  return new Map(
    [...Map.groupBy(rows, ({ invoiceId }) => invoiceId)].map(([id, some]) => [
      id,
      repeatedIn(some),
    ]),
  );
}

/** What repetitions among these rows of money brought too much, in hundredths. */
export function repeatedIn(rows: readonly MoneyRow[]): bigint {
  return repeatedPayments(rows).reduce((sum, { leftHundredths }) => sum + leftHundredths, 0n);
}
