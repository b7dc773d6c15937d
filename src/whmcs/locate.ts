import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type {
  Located,
  LocatedInvoice,
  LocatedOrder,
  LocatedTransaction,
  Subject,
} from '../events/index.ts';

interface Fired {
  readonly hook: string;
  readonly subject: Subject;
}

interface InvoiceRow {
  readonly id: number;
  readonly userid: number;
  readonly status: string;
}

/** Facts from an invoice's lines and money; read only for hooks from which an event follows. */
interface DetailRow extends InvoiceRow {
  readonly deposit: number | bigint;
  readonly pays: number | bigint;
}

const HOOKS_WITH_DETAIL = new Set(['InvoicePaid', 'InvoiceCreated']);

/**
 * Looks up the rows that a batch of hooks concerns: one query for each kind of row, all sent at once; then the invoices that
 * its mass payments pay.
 */
export async function locate(
  trx: Transaction<Database>,
  fired: readonly Fired[],
): Promise<Located> {
  const subjects = fired.map(({ subject }) => subject);
  const detailed = fired.filter(({ hook }) => HOOKS_WITH_DETAIL.has(hook));
  const detailedIds = new Set(detailed.flatMap(({ subject }) => subject.invoiceIds));
  const plainIds = subjects
    .flatMap(({ invoiceIds }) => invoiceIds)
    .filter((id) => !detailedIds.has(id));
  const [clients, named, ordered, transactions, details] = await Promise.all([
    locateClients(
      trx,
      distinct(subjects.flatMap(({ clientId, mergedClientId }) => [clientId, mergedClientId])),
    ),
    locateInvoices(trx, distinct(plainIds)),
    locateOrders(trx, distinct(subjects.map(({ orderId }) => orderId))),
    locateTransactions(trx, distinct(subjects.map(({ transactionId }) => transactionId))),
    locateDetails(trx, [...detailedIds]),
  ]);
  // Only what is paid pays others.
  const paid = new Set(
    detailed.flatMap(({ hook, subject }) => (hook === 'InvoicePaid' ? subject.invoiceIds : [])),
  );
  const containers = [...details.values()].filter(
    ({ id, pays }) => Number(pays) > 0 && paid.has(id),
  );
  const paying = await locateTargets(
    trx,
    containers.map(({ id }) => id),
  );
  const rows = [...named, ...details.values(), ...ordered.invoices];
  return {
    clients,
    invoices: new Map(
      rows.map((row) => [row.id, toLocated(row, details.get(row.id), paying.get(row.id))]),
    ),
    orders: ordered.orders,
    transactions,
  };
}

function distinct(ids: readonly (number | null)[]): readonly number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

function toLocated(
  row: InvoiceRow,
  detail: DetailRow | undefined,
  pays: LocatedInvoice['pays'] = [],
): LocatedInvoice {
  return {
    id: row.id,
    clientId: row.userid,
    status: row.status,
    isDeposit: Number(detail?.deposit ?? 0) > 0,
    pays,
  };
}

async function locateInvoices(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<readonly InvoiceRow[]> {
  if (ids.length === 0) return [];
  return trx
    .selectFrom('tblinvoices')
    .select(['id', 'userid', 'status'])
    .where('id', 'in', ids)
    .execute();
}

async function locateDetails(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<ReadonlyMap<number, DetailRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<DetailRow>`
    SELECT i.id, i.userid, i.status,
      EXISTS (SELECT 1 FROM tblinvoiceitems t
        WHERE t.invoiceid = i.id AND t.type = 'AddFunds') AS deposit,
      EXISTS (SELECT 1 FROM tblinvoiceitems t
        WHERE t.invoiceid = i.id AND t.type = 'Invoice') AS pays
    FROM tblinvoices i WHERE i.id IN (${sql.join(ids)})`.execute(trx);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Reads the invoices that mass payments pay (whmcs.md §2.6). */
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

interface Ordered {
  readonly orders: ReadonlyMap<number, LocatedOrder>;
  readonly invoices: readonly InvoiceRow[];
}

/** Reads orders together with their invoices. */
async function locateOrders(trx: Transaction<Database>, ids: readonly number[]): Promise<Ordered> {
  if (ids.length === 0) return { orders: new Map(), invoices: [] };
  const rows = await trx
    .selectFrom('tblorders as o')
    .leftJoin('tblinvoices as i', 'i.id', 'o.invoiceid')
    .select(['o.id', 'o.userid', 'o.invoiceid', 'i.userid as owner', 'i.status'])
    .where('o.id', 'in', ids)
    .execute();
  return {
    orders: new Map(
      rows.map(({ id, userid, invoiceid }) => [
        id,
        { clientId: userid, invoiceId: invoiceid > 0 ? invoiceid : null },
      ]),
    ),
    invoices: rows.flatMap(({ invoiceid, owner, status }) =>
      owner === null || status === null ? [] : [{ id: invoiceid, userid: owner, status }],
    ),
  };
}

/** A row of `tblaccounts` may belong to no client or to no invoice; WHMCS then writes 0 (whmcs.md §5). */
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
