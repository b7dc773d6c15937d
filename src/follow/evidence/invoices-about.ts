import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { isMoney, knowsMoney } from '../../db/index.ts';
import { receivedForDeposit } from '../../events/index.ts';
import type { InvoiceProof } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import { readDate } from '../../whmcs/index.ts';

interface Line {
  readonly invoiceid: number;
  readonly type: string;
  readonly relid: number;
  readonly amount: string;
}

/** A row of `tblaccounts`: money, or on 9.x a note. */
interface Payment {
  readonly invoiceid: number;
  readonly date: string | null;
  readonly amountin: string;
  readonly amountout: string;
  readonly isMoney: number | bigint;
}

interface InvoiceRow {
  readonly id: number;
  readonly userid: number;
  readonly status: string;
  readonly date: string | null;
  readonly datepaid: string;
  readonly subtotal: string;
  readonly total: string;
  readonly credit: string;
  readonly tax: string;
  readonly tax2: string;
  readonly knowsMoney: number | bigint;
}

/** Reads these invoices with their lines and money, and the mass payments with a line for one of them (whmcs.md §2.6). */
export async function invoicesAbout(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, InvoiceProof>> {
  if (ids.length === 0) return new Map();
  const holders = await containersOf(trx, ids);
  const all = [...new Set([...ids, ...holders.map(({ container }) => container)])];
  const [invoices, lines, payments] = await Promise.all([
    trx
      .selectFrom('tblinvoices')
      .select([
        'id',
        'userid',
        'status',
        'date',
        'datepaid',
        'subtotal',
        'total',
        'credit',
        'tax',
        'tax2',
      ])
      .select(knowsMoney.as('knowsMoney'))
      .where('id', 'in', all)
      .execute(),
    trx
      .selectFrom('tblinvoiceitems')
      .select(['invoiceid', 'type', 'relid', 'amount'])
      .where('invoiceid', 'in', all)
      .orderBy('id')
      .execute(),
    trx
      .selectFrom('tblaccounts as a')
      .select([
        'invoiceid',
        'date',
        'amountin',
        'amountout',
        sql<number>`${isMoney('a')}`.as('isMoney'),
      ])
      .where('invoiceid', 'in', all)
      .orderBy('id')
      .execute(),
  ]);
  const linesOf = Map.groupBy(lines, ({ invoiceid }) => invoiceid);
  const rowsOf = Map.groupBy(payments, ({ invoiceid }) => invoiceid);
  const paymentsOf = Map.groupBy(payments.filter(isPayment), ({ invoiceid }) => invoiceid);
  const heldBy = Map.groupBy(holders, ({ target }) => target);
  const money = (id: number) => paidOf(paymentsOf.get(id) ?? []);
  const moneyIn = (id: number) =>
    sum((paymentsOf.get(id) ?? []).map(({ amountin }) => parseAmount(amountin)));

  return new Map(
    invoices.map((invoice) => {
      const own = linesOf.get(invoice.id) ?? [];
      const containers = (heldBy.get(invoice.id) ?? []).map(({ container }) => container);
      const receivedBy = (moneyOf: (id: number) => bigint) =>
        receivedForDeposit({
          depositLinesHundredths: sum(amounts(own, 'AddFunds')),
          grossHundredths: sum(own.map(({ amount }) => parseAmount(amount))) + taxOf(invoice),
          moneyHundredths: moneyOf(invoice.id),
          containers: containers.map((id) => {
            const held = linesOf.get(id) ?? [];
            const line = held.filter(
              ({ type, relid }) => type === 'Invoice' && relid === invoice.id,
            );
            return {
              lineHundredths: sum(amounts(line, 'Invoice')),
              linesHundredths: sum(held.map(({ amount }) => parseAmount(amount))),
              moneyHundredths: moneyOf(id),
            };
          }),
        });
      const received = { now: receivedBy(money), ever: receivedBy(moneyIn) };
      return [
        invoice.id,
        toProof(invoice, own, rowsOf.get(invoice.id) ?? [], containers, received),
      ];
    }),
  );
}

interface Holder {
  readonly target: number;
  readonly container: number;
}

/** Finds mass payments by WHMCS's index of client, type and related id (whmcs.md §5). A line with `invoiceid` 0 is not invoiced yet. */
async function containersOf(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<readonly Holder[]> {
  const { rows } = await sql<Holder>`
    SELECT STRAIGHT_JOIN DISTINCT line.relid AS target, line.invoiceid AS container
    FROM tblinvoices i
    JOIN tblinvoiceitems line ON line.userid = i.userid AND line.type = 'Invoice' AND line.relid = i.id
    WHERE i.id IN (${sql.join(ids)}) AND line.invoiceid <> 0
    ORDER BY line.invoiceid`.execute(trx);
  return rows;
}

function toProof(
  invoice: InvoiceRow,
  lines: readonly Line[],
  rows: readonly Payment[],
  containers: readonly number[],
  received: { readonly now: bigint; readonly ever: bigint },
): InvoiceProof {
  const payments = rows.filter(isPayment);
  const total = parseAmount(invoice.total);
  const refunds = payments
    .map(({ date, amountout }) => ({
      on: readDate(date),
      amountHundredths: parseAmount(amountout),
    }))
    .filter(({ amountHundredths }) => isPositive(amountHundredths));
  const notes = rows.filter((row) => !isPayment(row));
  const credited = notes.map(({ amountin }) => parseAmount(amountin)).filter(isPositive);
  const noted = sum(credited) - sum(refunds.map(({ amountHundredths }) => amountHundredths));
  // What is not known to be paid by money must not be told as paid by credit: without its lines it proves nothing.
  const told = Number(invoice.knowsMoney) === 1 ? lines : [];
  return {
    id: invoice.id,
    clientId: invoice.userid,
    status: invoice.status,
    createdOn: readDate(invoice.date),
    paidOn: readDate(invoice.datepaid),
    totalHundredths: total,
    grossHundredths: parseAmount(invoice.subtotal) + taxOf(invoice),
    creditHundredths: parseAmount(invoice.credit),
    paidHundredths: paidOf(payments),
    // The refund of a paid invoice has a note too (whmcs.md §2.2).
    notedHundredths: isPositive(noted) ? noted : 0n,
    creditNotes: credited,
    debitNotes: notes.map(({ amountout }) => parseAmount(amountout)).filter(isPositive),
    charges: chargesAmong(rows, total),
    openHundredths: total - paidOf(rows),
    depositLines: amounts(told, 'AddFunds'),
    receivedHundredths: received.now,
    everReceivedHundredths: received.ever,
    refunds,
    pays: told
      .filter(({ type }) => type === 'Invoice')
      .map(({ relid, amount }) => ({ invoiceId: relid, amountHundredths: parseAmount(amount) })),
    containers,
  };
}

/**
 * Debit notes that asked for more. WHMCS writes that of a surplus after its payment, when more was paid than was due; any other
 * debit note leaves something to pay (whmcs.md §2.2).
 */
function chargesAmong(rows: readonly Payment[], totalHundredths: bigint): readonly bigint[] {
  let open = totalHundredths;
  const charges: bigint[] = [];
  for (const row of rows) {
    const out = parseAmount(row.amountout);
    open += out - parseAmount(row.amountin);
    if (!isPayment(row) && isPositive(out) && isPositive(open)) charges.push(out);
  }
  return charges;
}

function taxOf({ tax, tax2 }: InvoiceRow): bigint {
  return parseAmount(tax) + parseAmount(tax2);
}

function isPayment({ isMoney }: Payment): boolean {
  return Number(isMoney) === 1;
}

function isPositive(amount: bigint): boolean {
  return amount > 0n;
}

function paidOf(payments: readonly Payment[]): bigint {
  return sum(
    payments.map(({ amountin, amountout }) => parseAmount(amountin) - parseAmount(amountout)),
  );
}

function amounts(lines: readonly Line[], wanted: string): bigint[] {
  return lines.filter(({ type }) => type === wanted).map(({ amount }) => parseAmount(amount));
}

function sum(all: readonly bigint[]): bigint {
  return all.reduce((total, one) => total + one, 0n);
}
