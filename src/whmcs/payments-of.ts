import { sql, type Transaction } from 'kysely';
import { type Database, isMoney } from '../db/index.ts';
import { withOpenBefore } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import { daysAfter, type PaymentFacts } from '../rules/index.ts';

interface Row {
  readonly id: number;
  readonly userid: number;
  readonly invoiceId: number;
  readonly total: string;
  readonly date: string;
  readonly gateway: string;
  readonly transactionId: string;
  readonly amountin: string;
  readonly amountout: string;
  readonly isMoney: number | bigint;
}

/** A day more than the facts promise, so that a midnight between two payments hides none. */
const DAYS = 2;

/** The first day of which a rule sees payments on that day of WHMCS. */
export function paymentsSince(localDate: string): string {
  return daysAfter(localDate, -DAYS);
}

/**
 * Reads payments of these clients' invoices from that day on, in the order of their ids, with what the invoice did not need of each.
 *
 * @param since a day of WHMCS
 */
export async function paymentsOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  since: string,
): Promise<ReadonlyMap<number, readonly PaymentFacts[]>> {
  const { rows } = await sql<Row>`
    SELECT a.id, i.userid, a.invoiceid AS invoiceId, i.total, a.date, a.gateway,
      a.transid AS transactionId, a.amountin, a.amountout, ${isMoney('a')} AS isMoney
    FROM (SELECT DISTINCT p.invoiceid FROM tblaccounts p
      WHERE p.userid IN (${sql.join(clientIds)}) AND p.date >= ${since} AND p.amountin > 0
        AND p.invoiceid > 0) AS recent
    JOIN tblinvoices i ON i.id = recent.invoiceid
    JOIN tblaccounts a ON a.invoiceid = i.id
    WHERE i.userid IN (${sql.join(clientIds)}) ORDER BY a.id`.execute(trx);
  const read = rows.map((row) => ({
    ...row,
    inHundredths: parseAmount(row.amountin),
    outHundredths: parseAmount(row.amountout),
  }));
  const payments = [...Map.groupBy(read, ({ invoiceId }) => invoiceId).values()].flatMap((own) =>
    withOpenBefore(own, parseAmount(own[0]?.total ?? '0')).flatMap(({ row, openHundredths }) => {
      const { inHundredths: paid } = row;
      if (Number(row.isMoney) !== 1 || paid <= 0n || row.date < since) return [];
      const surplusHundredths = paid > openHundredths ? paid - openHundredths : 0n;
      return [{ ...row, surplusHundredths }];
    }),
  );
  const byClient = Map.groupBy(
    payments.toSorted((a, b) => a.id - b.id),
    ({ userid }) => userid,
  );
  return new Map([...byClient].map(([clientId, own]) => [clientId, own.map(toFacts)]));
}

function toFacts(
  row: Row & { readonly inHundredths: bigint; readonly surplusHundredths: bigint },
): PaymentFacts {
  return {
    id: row.id,
    invoiceId: row.invoiceId,
    gateway: row.gateway,
    transactionId: row.transactionId,
    receivedAt: row.date,
    amountHundredths: row.inHundredths,
    surplusHundredths: row.surplusHundredths,
  };
}
