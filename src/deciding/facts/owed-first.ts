import { sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { least, most } from '../../money/index.ts';

/** A paid deposit whose credit the ledger has not read. */
interface Unread {
  readonly id: number;
  readonly clientId: number;
}

/**
 * What these deposits cover of reversals that their clients owe, by invoice. Nobody has read their credit yet, so it is found by
 * amount among the rows of the log: the oldest covers what is owed first, as it will when it is read. So two deposits that arrive
 * together never count it twice. A deposit without its row comes after all others. One that the ledger has read meanwhile was the first.
 *
 * @param owed by client; what clients who are not named owe is nothing
 */
export async function owedFirst(
  trx: Transaction<Database>,
  deposits: readonly Unread[],
  owed: ReadonlyMap<number, bigint>,
): Promise<ReadonlyMap<number, bigint>> {
  const owing = deposits.filter(({ clientId }) => (owed.get(clientId) ?? 0n) > 0n);
  if (owing.length === 0) return new Map();
  const clientIds = [...new Set(owing.map(({ clientId }) => clientId))];
  const [rows, paid] = await Promise.all([
    unreadRows(trx, clientIds),
    unreadDeposits(
      trx,
      clientIds,
      owing.map(({ id }) => id),
    ),
  ]);
  return new Map(
    owing.map(({ id, clientId }) => {
      const own = rows.filter((row) => row.clientId === clientId);
      const deposit = paid.find((one) => one.id === id);
      const amount = deposit?.hundredths ?? 0n;
      const unread = paid.filter(({ isRead }) => !isRead);
      const place = deposit?.isRead === true ? 0 : placeOf(id, amount, own, unread);
      const before = own.slice(0, place).reduce((sum, row) => sum + row.hundredths, 0n);
      return [id, least(most((owed.get(clientId) ?? 0n) - before, 0n), amount)];
    }),
  );
}

interface LogRow {
  readonly clientId: number;
  readonly hundredths: bigint;
}

interface PaidDeposit extends LogRow {
  readonly id: number;
  /** The ledger has read its credit since the caller looked. */
  readonly isRead: boolean;
}

/** The place of a deposit's row among its client's: of equal amounts, the newest deposit has the newest row. */
function placeOf(
  id: number,
  amount: bigint,
  rows: readonly LogRow[],
  paid: readonly PaidDeposit[],
): number {
  const places = rows.flatMap(({ hundredths }, place) => (hundredths === amount ? [place] : []));
  const clientId = paid.find((one) => one.id === id)?.clientId;
  const alike = paid.filter((one) => one.clientId === clientId && one.hundredths === amount);
  const newerOnes = alike.length - 1 - alike.findIndex((one) => one.id === id);
  return places.at(-1 - newerOnes) ?? rows.length;
}

/** Credit that arrived and was not read, the oldest first; what commands of ours gave covers nothing. */
async function unreadRows(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly LogRow[]> {
  const { rows } = await sql<LogRow>`
    SELECT l.clientid AS clientId, CAST(l.amount * 100 AS SIGNED) AS hundredths
    FROM mod_creditbridge_tail t JOIN tblcredit l ON l.id > t.cursor_log_id
    WHERE t.id = 1 AND l.amount > 0 AND l.clientid IN (${sql.join(clientIds)})
      AND l.description NOT LIKE '%[cb:%' ORDER BY l.id`.execute(trx);
  return rows.map((row) => ({ ...row, hundredths: BigInt(row.hundredths) }));
}

/** Paid deposits without an entry, and the named ones, the one that was paid first first. */
async function unreadDeposits(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  named: readonly number[],
): Promise<readonly PaidDeposit[]> {
  const { rows } = await sql<Omit<PaidDeposit, 'isRead'> & { readonly isRead: number | bigint }>`
    SELECT i.id, i.userid AS clientId, CAST(SUM(l.amount) * 100 AS SIGNED) AS hundredths,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e
        WHERE e.invoice_id = i.id AND e.epoch = t.epoch AND e.kind = 'deposit') AS isRead
    FROM mod_creditbridge_tail t
    JOIN tblinvoiceitems l ON l.userid IN (${sql.join(clientIds)}) AND l.type = 'AddFunds'
    JOIN tblinvoices i ON i.id = l.invoiceid AND i.userid = l.userid AND i.status = 'Paid'
    WHERE t.id = 1
    GROUP BY i.id, i.userid, i.datepaid, t.epoch
    HAVING isRead = 0 OR i.id IN (${sql.join(named)}) ORDER BY i.datepaid, i.id`.execute(trx);
  return rows.map((row) => ({
    ...row,
    hundredths: BigInt(row.hundredths),
    isRead: Number(row.isRead) === 1,
  }));
}
