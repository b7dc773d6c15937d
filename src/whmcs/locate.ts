import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type {
  Located,
  LocatedInvoice,
  LocatedOrder,
  LocatedTransaction,
  Subject,
} from '../events/index.ts';
import { parseAmount } from '../money/index.ts';

interface Fired {
  readonly hook: string;
  readonly subject: Subject;
}

interface InvoiceRow {
  readonly id: number;
  readonly userid: number;
  readonly status: string;
  readonly total: string;
  readonly paid: string;
  readonly newest: number | null;
  readonly deposit: number | bigint;
  readonly pays: number | bigint;
}

/** Looks up the rows that a page of hooks is about: one query for each kind of row that occurs. */
export async function locate(
  trx: Transaction<Database>,
  fired: readonly Fired[],
): Promise<Located> {
  const subjects = fired.map(({ subject }) => subject);
  const orders = await locateOrders(trx, distinct(subjects.map(({ orderId }) => orderId)));
  const named = subjects.flatMap(({ invoiceIds }) => invoiceIds);
  const ordered = [...orders.values()].map(({ invoiceId }) => invoiceId);
  const rows = await locateInvoices(trx, distinct([...named, ...ordered]));
  const containers = rows.filter((row) => Number(row.pays) > 0).map(({ id }) => id);
  const pays = await locateTargets(trx, containers);
  return {
    clients: await locateClients(trx, distinct(subjects.map(({ clientId }) => clientId))),
    invoices: new Map(rows.map((row) => [row.id, toLocated(row, pays.get(row.id) ?? [])])),
    orders,
    transactions: await locateTransactions(
      trx,
      distinct(subjects.map(({ transactionId }) => transactionId)),
    ),
  };
}

function distinct(ids: readonly (number | null)[]): readonly number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

function toLocated(row: InvoiceRow, pays: LocatedInvoice['pays']): LocatedInvoice {
  return {
    id: row.id,
    clientId: row.userid,
    status: row.status,
    isDeposit: Number(row.deposit) > 0,
    isOverpaid: parseAmount(row.paid) > parseAmount(row.total),
    newestTransactionId: row.newest,
    pays,
  };
}

async function locateInvoices(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<readonly InvoiceRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<InvoiceRow>`
    SELECT i.id, i.userid, i.status, i.total,
      (SELECT COALESCE(SUM(a.amountin - a.amountout), 0) FROM tblaccounts a
        WHERE a.invoiceid = i.id) AS paid,
      (SELECT MAX(a.id) FROM tblaccounts a WHERE a.invoiceid = i.id) AS newest,
      EXISTS (SELECT 1 FROM tblinvoiceitems t
        WHERE t.invoiceid = i.id AND t.type = 'AddFunds') AS deposit,
      EXISTS (SELECT 1 FROM tblinvoiceitems t
        WHERE t.invoiceid = i.id AND t.type = 'Invoice') AS pays
    FROM tblinvoices i WHERE i.id IN (${sql.join(ids)})`.execute(trx);
  return rows;
}

/** What mass payments pay (whmcs.md §2.6). */
async function locateTargets(
  trx: Transaction<Database>,
  containers: readonly number[],
): Promise<ReadonlyMap<number, LocatedInvoice['pays']>> {
  const pays = new Map<number, LocatedInvoice['pays'][number][]>(containers.map((id) => [id, []]));
  if (containers.length === 0) return pays;
  const { rows } = await sql<{ container: number; target: number; deposit: number | bigint }>`
    SELECT line.invoiceid AS container, line.relid AS target,
      EXISTS (SELECT 1 FROM tblinvoiceitems t
        WHERE t.invoiceid = line.relid AND t.type = 'AddFunds') AS deposit
    FROM tblinvoiceitems line
    WHERE line.invoiceid IN (${sql.join(containers)}) AND line.type = 'Invoice'`.execute(trx);
  for (const row of rows) {
    pays.get(row.container)?.push({ invoiceId: row.target, isDeposit: Number(row.deposit) > 0 });
  }
  return pays;
}

async function locateClients(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await trx.selectFrom('tblclients').select('id').where('id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

async function locateOrders(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, LocatedOrder>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('tblorders')
    .select(['id', 'userid', 'invoiceid'])
    .where('id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ id, userid, invoiceid }) => [
      id,
      { clientId: userid, invoiceId: invoiceid > 0 ? invoiceid : null },
    ]),
  );
}

/** A row of money may belong to no client, or to no invoice; WHMCS writes 0 then (whmcs.md §5). */
async function locateTransactions(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, LocatedTransaction>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('tblaccounts')
    .select(['id', 'userid', 'invoiceid'])
    .where('id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ id, userid, invoiceid }) => [
      id,
      { clientId: userid > 0 ? userid : null, invoiceId: invoiceid > 0 ? invoiceid : null },
    ]),
  );
}
