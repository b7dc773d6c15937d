import { sql, type Transaction } from 'kysely';
import { type Database, isMoney } from '../../db/index.ts';
import {
  type Act,
  type EntryKind,
  readEntryKind,
  readStoredAct,
  type StoredAct,
} from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';

/** An invoice that was open at some time of the window, or that something in it concerns. */
export interface PastInvoice {
  readonly id: number;
  readonly clientId: number;
  readonly status: string;
  readonly madeOn: string | null;
  readonly paidAt: string;
  readonly captureAttemptedAt: string;
  readonly grossHundredths: bigint;
}

/** A row of `tblaccounts` that is money. */
export interface PastPayment {
  readonly id: number;
  readonly invoiceId: number;
  readonly at: string;
  readonly inHundredths: bigint;
  readonly outHundredths: bigint;
}

/** An entry of the ledger, with the rule's decision that caused it, if one did. */
export interface PastEntry {
  readonly sequence: bigint;
  readonly clientId: number;
  readonly currencyId: number;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly on: string;
  readonly recordedAt: string;
}

/** A command that a rule's decision led to and that WHMCS carried out. */
export interface PastCommand {
  readonly id: string;
  readonly clientId: number;
  readonly rule: string;
  readonly fact: string;
  readonly effect: string;
  readonly action: string;
  readonly invoiceId: number | null;
  readonly amountHundredths: bigint;
  readonly holdHundredths: bigint;
  readonly createdAt: string;
  /** It completes what another command of the same decision began. */
  readonly isNext: boolean;
}

export interface PastDelivery {
  readonly id: string;
  readonly type: string;
  /** Null when it was pruned. */
  readonly item: string | null;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly causedBy: string | null;
  readonly firedAt: string;
}

/** What the tables know about the past of some clients. */
export interface Past {
  readonly invoices: readonly PastInvoice[];
  readonly payments: readonly PastPayment[];
  readonly entries: readonly PastEntry[];
  /** Clients with an entry whose act nobody can read. */
  readonly unreadable: ReadonlySet<number>;
  readonly commands: readonly PastCommand[];
  readonly deliveries: readonly PastDelivery[];
  /** The entry by which credit is kept off, by invoice; null: somebody said so, at that moment. */
  readonly keptOffBy: ReadonlyMap<
    number,
    { readonly sequence: bigint | null; readonly since: string }
  >;
}

/** Reads the past of these clients with a handful of statements, however many there are. @param from a local day of WHMCS */
export async function readPast(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  from: string,
): Promise<Past> {
  const clients = sql.join(clientIds);
  // A day earlier, because our moments are in UTC.
  const since = sql`CAST(${from} AS DATETIME) - INTERVAL 1 DAY`;
  const [entries, commands, deliveries] = await Promise.all([
    readEntries(trx, clientIds),
    readCommands(trx, clientIds),
    sql<PastDelivery>`
      SELECT id, type, item, client_id AS clientId, invoice_id AS invoiceId, caused_by AS causedBy,
        COALESCE(fired_at, received_at) AS firedAt
      FROM mod_creditbridge_deliveries
      WHERE client_id IN (${clients}) AND outcome = 'accepted' AND received_at >= ${since}
      ORDER BY fired_at, id`.execute(trx),
  ]);
  const told = [...new Set(deliveries.rows.flatMap(({ invoiceId }) => invoiceId ?? []))];
  const invoices = await readInvoices(trx, clientIds, from, told);
  const ids = invoices.map(({ id }) => id);
  const [payments, keptOffBy] = await Promise.all([readPayments(trx, ids), readKeptOff(trx, ids)]);
  return {
    ...entries,
    invoices,
    payments,
    commands,
    deliveries: deliveries.rows,
    keptOffBy,
  };
}

/**
 * Invoices that are open, or were made, paid or refunded in the window, and those that deliveries name. By client, which has an index;
 * a cancelled one from before is read when its due date is in the window.
 */
async function readInvoices(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  from: string,
  told: readonly number[],
): Promise<readonly PastInvoice[]> {
  const clients = sql.join(clientIds);
  const named = told.length === 0 ? sql`` : sql`OR i.id IN (${sql.join(told)})`;
  const { rows } = await sql<{
    readonly id: number;
    readonly clientId: number;
    readonly status: string;
    readonly madeOn: string | null;
    readonly paidAt: string;
    readonly captureAttemptedAt: string;
    readonly gross: string;
  }>`
    SELECT i.id, i.userid AS clientId, i.status, i.date AS madeOn, i.datepaid AS paidAt,
      i.last_capture_attempt AS captureAttemptedAt, i.subtotal + i.tax + i.tax2 AS gross
    FROM tblinvoices i
    WHERE i.userid IN (${clients}) AND (i.status IN ('Draft', 'Unpaid', 'Payment Pending', 'Collections')
      OR i.date >= ${from} OR i.datepaid >= ${from} OR i.status = 'Cancelled' AND i.duedate >= ${from}
      OR i.id IN (SELECT a.invoiceid FROM tblaccounts a
        WHERE a.userid IN (${clients}) AND a.amountout > 0 AND a.date >= ${from}) ${named})`.execute(
    trx,
  );
  return rows.map(({ gross, ...row }) => ({ ...row, grossHundredths: parseAmount(gross) }));
}

async function readPayments(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<readonly PastPayment[]> {
  if (invoiceIds.length === 0) return [];
  const { rows } = await sql<{
    readonly id: number;
    readonly invoiceId: number;
    readonly at: string;
    readonly amountin: string;
    readonly amountout: string;
  }>`
    SELECT a.id, a.invoiceid AS invoiceId, COALESCE(a.date, '0000-00-00 00:00:00') AS at, a.amountin, a.amountout
    FROM tblaccounts a WHERE a.invoiceid IN (${sql.join(invoiceIds)}) AND ${isMoney('a')}
    ORDER BY a.id`.execute(trx);
  return rows.map(({ id, invoiceId, at, amountin, amountout }) => ({
    id,
    invoiceId,
    at,
    inHundredths: parseAmount(amountin),
    outHundredths: parseAmount(amountout),
  }));
}

async function readEntries(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<Pick<Past, 'entries' | 'unreadable'>> {
  const { rows } = await sql<{
    readonly sequence: bigint;
    readonly clientId: number;
    readonly currencyId: number;
    readonly isIn: number;
    readonly amountHundredths: bigint;
    readonly kind: string;
    readonly act: string;
    readonly invoiceId: number | null;
    readonly commandId: string | null;
    readonly on: string;
    readonly recordedAt: string;
  }>`
    SELECT e.sequence, e.client_id AS clientId, e.currency_id AS currencyId,
      e.to_account = CONCAT('client:', e.client_id) AS isIn, e.amount_hundredths AS amountHundredths,
      e.kind, e.act, e.invoice_id AS invoiceId, e.command_id AS commandId,
      COALESCE(e.logged_on, DATE(e.recorded_at)) AS \`on\`, e.recorded_at AS recordedAt
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e ON e.client_id IN (${sql.join(clientIds)}) AND e.epoch = t.epoch
    WHERE t.id = 1 ORDER BY e.sequence`.execute(trx);
  const entries: PastEntry[] = [];
  const unreadable = new Set<number>();
  for (const { isIn, kind, act, ...row } of rows) {
    const read: StoredAct = readStoredAct(act);
    if (read.do === 'unreadable') {
      unreadable.add(row.clientId);
      continue;
    }
    entries.push({
      ...row,
      kind: readEntryKind(kind),
      act: read,
      direction: Number(isIn) === 1 ? 'in' : 'out',
    });
  }
  return { entries, unreadable };
}

/** A command that carries out a decision has the decision's id; what is done after it names the decision only. */
async function readCommands(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly PastCommand[]> {
  const { rows } = await sql<Omit<PastCommand, 'isNext'> & { readonly isNext: number }>`
    SELECT k.id <> d.id AS isNext, k.id, k.client_id AS clientId, k.rule, k.fact, d.effect, k.action, k.invoice_id AS invoiceId,
      k.amount_hundredths AS amountHundredths, k.hold_hundredths AS holdHundredths, k.created_at AS createdAt
    FROM mod_creditbridge_commands k JOIN mod_creditbridge_decisions d ON d.id = k.decision_id
    WHERE k.client_id IN (${sql.join(clientIds)}) AND k.state = 'done' ORDER BY k.created_at, k.id`.execute(
    trx,
  );
  return rows.map((row) => ({ ...row, isNext: Number(row.isNext) === 1 }));
}

async function readKeptOff(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<Past['keptOffBy']> {
  if (invoiceIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('mod_creditbridge_kept_off')
    .select(['invoice_id', 'sequence', 'since'])
    .where('invoice_id', 'in', invoiceIds)
    .execute();
  return new Map(rows.map(({ invoice_id, ...by }) => [invoice_id, by]));
}
