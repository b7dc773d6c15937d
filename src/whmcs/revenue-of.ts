import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type Database, isMoney, knowsMoney } from '../db/index.ts';
import { repeatedPayments } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import { daysAfter, type RevenueFacts } from '../rules/index.ts';
import { moneyNotKnown } from './money-not-known.ts';
import { moneyRowsOf } from './money-rows.ts';

interface Row {
  readonly userid: number;
  readonly knows: number;
  readonly d30: string;
  readonly d90: string;
  readonly d365: string;
  readonly whole: string;
}

/**
 * Sums the money that came from these clients, less what went back, by the day on which it moved. Credit and notes are no money; a
 * payment that a gateway told several times counts once.
 *
 * @param localDate today in WHMCS
 * @throws {WhmcsError} `money-not-known`
 */
export async function revenueOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  localDate: string,
): Promise<ReadonlyMap<number, RevenueFacts>> {
  const clients = sql.join(clientIds);
  const since = (days: number) => daysAfter(localDate, -days);
  const sumSince = (days: number) =>
    sql`SUM(IF(a.date >= ${since(days)}, a.amountin - a.amountout, 0))`;
  const [{ rows }, repeated] = await Promise.all([
    sql<Row>`
      SELECT a.userid, ${knowsMoney} AS knows, ${sumSince(30)} AS d30, ${sumSince(90)} AS d90,
        ${sumSince(365)} AS d365, SUM(a.amountin - a.amountout) AS whole
      FROM tblaccounts a WHERE a.userid IN (${clients}) AND (${isMoney('a')} OR ${knowsMoney} = 0)
      GROUP BY a.userid`.execute(trx),
    repeatedOf(trx, clients),
  ]);
  const unknown = rows.find(({ knows }) => Number(knows) === 0);
  if (unknown !== undefined) throw moneyNotKnown(`client #${unknown.userid}`);
  return new Map(
    rows.map(({ userid, d30, d90, d365, whole }) => {
      const once = (sum: string, from: string) =>
        (repeated.get(userid) ?? []).reduce(
          (left, one) => ((one.on ?? '') >= from ? left - one.leftHundredths : left),
          parseAmount(sum),
        );
      return [
        userid,
        {
          last30DaysHundredths: once(d30, since(30)),
          last90DaysHundredths: once(d90, since(90)),
          last365DaysHundredths: once(d365, since(365)),
          allHundredths: once(whole, ''),
        },
      ];
    }),
  );
}

/** What came from a client on one day of WHMCS, less what went back. */
export interface MoneyOfDay {
  readonly on: string;
  readonly hundredths: bigint;
}

/**
 * The same money by day, so that the sums of any day of the past can be told (`revenueOn`).
 *
 * @throws {WhmcsError} `money-not-known`
 */
export async function moneyByDay(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, readonly MoneyOfDay[]>> {
  const clients = sql.join(clientIds);
  const [{ rows }, repeated] = await Promise.all([
    sql<{
      readonly userid: number;
      readonly on: string;
      readonly knows: number;
      readonly sum: string;
    }>`
      SELECT a.userid, DATE(a.date) AS \`on\`, ${knowsMoney} AS knows, SUM(a.amountin - a.amountout) AS sum
      FROM tblaccounts a WHERE a.userid IN (${clients}) AND (${isMoney('a')} OR ${knowsMoney} = 0)
      GROUP BY a.userid, DATE(a.date)`.execute(trx),
    repeatedOf(trx, clients),
  ]);
  const unknown = rows.find(({ knows }) => Number(knows) === 0);
  if (unknown !== undefined) throw moneyNotKnown(`client #${unknown.userid}`);
  const days = Map.groupBy(rows, ({ userid }) => userid);
  return new Map(
    [...days].map(([userid, own]) => [
      userid,
      [
        ...own.map(({ on, sum }) => ({ on, hundredths: parseAmount(sum) })),
        ...(repeated.get(userid) ?? []).map(({ on, leftHundredths }) => ({
          on: on ?? '',
          hundredths: -leftHundredths,
        })),
      ],
    ]),
  );
}

/** The sums that a rule sees on that day of WHMCS. */
export function revenueOn(days: readonly MoneyOfDay[], localDate: string): RevenueFacts {
  const since = (from: string) =>
    days.reduce(
      (sum, { on, hundredths }) => (on >= from && on <= localDate ? sum + hundredths : sum),
      0n,
    );
  return {
    last30DaysHundredths: since(daysAfter(localDate, -30)),
    last90DaysHundredths: since(daysAfter(localDate, -90)),
    last365DaysHundredths: since(daysAfter(localDate, -365)),
    allHundredths: since(''),
  };
}

/** What gateways told several times, by client and day. */
async function repeatedOf(trx: Transaction<Database>, clients: RawBuilder<unknown>) {
  const told = await moneyRowsOf(
    trx,
    sql`SELECT DISTINCT twice.invoiceid AS id FROM (
      SELECT p.invoiceid FROM tblaccounts p
      WHERE p.userid IN (${clients}) AND p.transid <> '' AND p.amountin > 0 AND p.invoiceid > 0
      GROUP BY p.invoiceid, p.gateway, p.transid HAVING COUNT(*) > 1) AS twice`,
  );
  const byId = new Map(told.map((row) => [row.id, row]));
  return Map.groupBy(
    repeatedPayments(told).map(({ row, leftHundredths }) => {
      const { clientId = 0, on = null } = byId.get(row.id) ?? {};
      return { clientId, on, leftHundredths };
    }),
    ({ clientId }) => clientId,
  );
}
