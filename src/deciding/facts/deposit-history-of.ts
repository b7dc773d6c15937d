import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { knowsMoney } from '../../db/index.ts';
import { firstTold, receivedForDeposit } from '../../events/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { PastDeposit } from '../../rules/index.ts';
import {
  type Containers,
  containersOf,
  type MoneyRowOfClient,
  moneyNotKnown,
  moneyRowsOf,
  repeatedIn,
} from '../../whmcs/index.ts';

interface Row {
  readonly id: number;
  readonly userid: number;
  readonly knows: number | bigint;
  readonly deposit_lines: string;
  readonly gross: string;
  readonly reversedOn: string | null;
}

/**
 * Reads the deposits of these clients that money paid, the first one first. Money of mass payments is divided as for the event's
 * deposit (`receivedForDeposit`), and a payment that a gateway told several times counts once.
 *
 * Nothing in WHMCS's rows tells a reversal from a refund (whmcs.md §2.7). But a reversal takes the credit at once, which the ledger
 * recognises, so its entry decides.
 *
 * @throws {WhmcsError} `money-not-known`
 */
export async function depositHistoryOf(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, readonly PastDeposit[]>> {
  const { rows } = await sql<Row>`
    SELECT i.id, i.userid, ${knowsMoney} AS knows, SUM(line.amount) AS deposit_lines,
      (SELECT SUM(t.amount) FROM tblinvoiceitems t WHERE t.invoiceid = i.id) + i.tax + i.tax2 AS gross,
      (SELECT MAX(COALESCE(e.logged_on, DATE(e.recorded_at))) FROM mod_creditbridge_tail tail
        JOIN mod_creditbridge_entries e ON e.invoice_id = i.id AND e.epoch = tail.epoch AND e.kind = 'reversal'
        WHERE tail.id = 1 AND e.corrects IS NULL
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)) AS reversedOn
    FROM tblinvoiceitems line JOIN tblinvoices i ON i.id = line.invoiceid AND i.userid = line.userid
    WHERE line.userid IN (${sql.join(clientIds)}) AND line.type = 'AddFunds'
    GROUP BY i.id`.execute(trx);
  if (rows.length === 0) return new Map();
  const unknown = rows.find(({ knows }) => Number(knows) === 0);
  if (unknown !== undefined) throw moneyNotKnown(`invoice #${unknown.id}`);
  const containers = await containersOf(
    trx,
    rows.map(({ id }) => id),
  );
  const paying = [...containers.values()].flatMap((some) => some.map(({ id }) => id));
  const wanted = [...new Set([...rows.map(({ id }) => id), ...paying])];
  const money = Map.groupBy(
    await moneyRowsOf(trx, sql`SELECT n.id FROM tblinvoices n WHERE n.id IN (${sql.join(wanted)})`),
    ({ invoiceId }) => invoiceId,
  );
  const history = new Map<number, PastDeposit[]>();
  const paid = rows.flatMap((row) => {
    const deposit = toDeposit(row, containers.get(row.id) ?? [], money);
    return deposit === null ? [] : [{ ...deposit, clientId: row.userid }];
  });
  for (const { clientId, firstRow, ...deposit } of paid.toSorted(
    (a, b) => a.firstRow - b.firstRow,
  )) {
    const known = history.get(clientId) ?? [];
    history.set(clientId, known);
    known.push({ ...deposit, isFirst: known.length === 0 });
  }
  return history;
}

type Money = ReadonlyMap<number, readonly MoneyRowOfClient[]>;

/** Null when no money paid it: credit is no deposit. */
function toDeposit(
  row: Row,
  containers: Containers,
  money: Money,
): (Omit<PastDeposit, 'isFirst'> & { readonly firstRow: number }) | null {
  const rowsOf = (id: number) => money.get(id) ?? [];
  const payments = [row.id, ...containers.map(({ id }) => id)]
    .flatMap((id) => firstTold(rowsOf(id)))
    .toSorted((a, b) => a.id - b.id);
  const [first] = payments;
  if (first === undefined) return null;
  const received = (moneyOf: (rows: readonly MoneyRowOfClient[]) => bigint) =>
    receivedForDeposit({
      depositLinesHundredths: parseAmount(row.deposit_lines),
      grossHundredths: parseAmount(row.gross),
      moneyHundredths: moneyOf(rowsOf(row.id)),
      containers: containers.map(({ id, lineHundredths, linesHundredths }) => ({
        lineHundredths,
        linesHundredths,
        moneyHundredths: moneyOf(rowsOf(id)),
      })),
    });
  const receivedHundredths = received((some) =>
    firstTold(some).reduce((sum, { inHundredths }) => sum + inHundredths, 0n),
  );
  if (receivedHundredths === 0n) return null;
  const left = received((some) =>
    some.reduce((sum, one) => sum + one.inHundredths - one.outHundredths, -repeatedIn(some)),
  );
  const back = receivedHundredths > left ? receivedHundredths - left : 0n;
  const { reversedOn } = row;
  return {
    firstRow: first.id,
    invoiceId: row.id,
    gateway: first.gateway,
    transactionId: first.transactionId,
    paidOn: first.on,
    receivedHundredths,
    refundedHundredths: reversedOn === null ? back : 0n,
    reversedHundredths: reversedOn === null ? 0n : back,
    reversedOn,
  };
}
