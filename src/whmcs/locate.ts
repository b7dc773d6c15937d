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

/** An invoice with what its lines make of it; read only for hooks from which an event follows. */
interface Detailed extends InvoiceRow {
  readonly isDeposit: boolean;
  readonly isMassPayment: boolean;
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
    ({ id, isMassPayment }) => isMassPayment && paid.has(id),
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
  detail: Detailed | undefined,
  pays: LocatedInvoice['pays'] = [],
): LocatedInvoice {
  return {
    id: row.id,
    clientId: row.userid,
    status: row.status,
    isDeposit: detail?.isDeposit ?? false,
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
): Promise<ReadonlyMap<number, Detailed>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<InvoiceRow & { readonly type: string | null }>`
    SELECT i.id, i.userid, i.status, t.type FROM tblinvoices i
    LEFT JOIN tblinvoiceitems t ON t.invoiceid = i.id AND t.type IN ('AddFunds', 'Invoice')
    WHERE i.id IN (${sql.join(ids)})`.execute(trx);
  const details = new Map<number, Detailed>();
  for (const { id, userid, status, type } of rows) {
    const before = details.get(id);
    details.set(id, {
      id,
      userid,
      status,
      isDeposit: type === 'AddFunds' || before?.isDeposit === true,
      isMassPayment: type === 'Invoice' || before?.isMassPayment === true,
    });
  }
  return details;
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
