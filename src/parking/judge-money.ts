import { type RawBuilder, sql, type Transaction } from 'kysely';
import { operationFact } from '../commands/index.ts';
import { type Database, type Db, isMoney } from '../db/index.ts';
import { type DoubtfulPayment, doubtfulPayments, type Rate } from '../events/index.ts';
import { writeFindings } from '../findings/index.ts';
import { parseAmount } from '../money/index.ts';
import { localTime, readToday } from '../today/index.ts';
import { amountIn } from '../whmcs/index.ts';
import { type CreditOfInvoice, creditBeyond, creditOfInvoices } from './credit-of-invoices.ts';
import { addParkings, type NewParking } from './parkings.ts';
import { readSurplusLimits } from './surplus-settings.ts';

/** What judging needs beside its transaction. */
export interface Judging {
  readonly at: Date;
  readonly newId: () => string;
}

interface InvoiceRow {
  readonly id: number;
  readonly clientId: number;
  readonly currencyId: number;
  readonly total: string;
  readonly gross: string;
}

interface AccountsRow {
  readonly id: number;
  readonly invoiceId: number;
  readonly gateway: string;
  readonly transactionId: string;
  readonly amountin: string;
  readonly amountout: string;
  readonly refundOf: number;
  readonly isMoney: number | bigint;
  readonly isNew: number | bigint;
}

/**
 * Clients with credit that the rules were not told of: rows that the ledger has not read, entries that it did not announce,
 * or a balance above the ledger's. Their money must be judged before anything is decided for them. None before the ledger
 * follows the log.
 */
export async function clientsWithNews(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly number[]> {
  const { rows } = await sql<NewsRow>`
    SELECT STRAIGHT_JOIN c.id, c.credit * 100 > a.balance_hundredths AS isAhead, t.epoch,
      t.cursor_log_id AS readTo, t.announced_sequence AS toldTo
    FROM mod_creditbridge_tail t JOIN tblclients c
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = t.epoch
    WHERE t.id = 1 AND t.state = 'following' AND c.id IN (${sql.join(clientIds)}) AND (
      c.credit * 100 > a.balance_hundredths OR t.next_sequence - 1 > t.announced_sequence
      OR (SELECT MAX(id) FROM tblcredit) > t.cursor_log_id)`.execute(trx);
  const ahead = rows.flatMap(({ id, isAhead }) => (Number(isAhead) === 1 ? [id] : []));
  const others = rows.filter(({ isAhead }) => Number(isAhead) !== 1);
  return others.length === 0 ? ahead : [...ahead, ...(await withNewRows(trx, others))];
}

interface NewsRow {
  readonly id: number;
  /** WHMCS has more credit than the ledger; null for a client whose account the ledger has not opened. */
  readonly isAhead: number | bigint | null;
  /** Up to where the ledger has read the log, and told its entries; equal in all rows. */
  readonly epoch: number;
  readonly readTo: number;
  readonly toldTo: bigint;
}

/** Those of the clients with rows or entries behind what was read and told just before; what was read or told meanwhile counts. */
async function withNewRows(
  trx: Transaction<Database>,
  clients: readonly NewsRow[],
): Promise<readonly number[]> {
  const [tail] = clients;
  if (tail === undefined) return [];
  const own = sql.join(clients.map(({ id }) => id));
  // `ALL`, because the database would make a table to tell them apart. A union's column may be read as bigint.
  const { rows } = await sql<{ id: number | bigint }>`
    SELECT l.clientid AS id FROM tblcredit l
    WHERE l.id > ${tail.readTo} AND l.amount > 0 AND l.clientid IN (${own})
    UNION ALL SELECT e.client_id FROM mod_creditbridge_entries e
    WHERE e.sequence > ${tail.toldTo} AND e.epoch = ${tail.epoch} AND e.client_id IN (${own})`.execute(
    trx,
  );
  return [...new Set(rows.map(({ id }) => Number(id)))];
}

/** Judges the payments of these clients. The clients must be locked. @returns whether something new is in doubt */
export function judgeClients(
  trx: Transaction<Database>,
  clientIds: readonly number[],
  judging: Judging,
): Promise<boolean> {
  return judge(trx, sql`a.userid IN (${sql.join(clientIds)})`, judging);
}

/** Judges the payments of these invoices. Their clients must be locked. @returns whether something new is in doubt */
export function judgeInvoices(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
  judging: Judging,
): Promise<boolean> {
  return judge(trx, sql`a.invoiceid IN (${sql.join(invoiceIds)})`, judging);
}

/**
 * Finds invoices with several payments of one transaction, or with more money than their total, since Credit Bridge follows
 * the log. What is in doubt of it, `judge` says.
 *
 * @param where which rows of `tblaccounts`, as `a`
 */
export async function suspiciousInvoices(
  db: Db,
  where: RawBuilder<unknown>,
): Promise<readonly { readonly invoiceId: number; readonly clientId: number }[]> {
  const since = await sinceWhen(db);
  if (since === undefined) return [];
  const { rows } = await sql<{ invoiceId: number; clientId: number }>`
    SELECT a.invoiceid AS invoiceId, i.userid AS clientId
    FROM tblaccounts a JOIN tblinvoices i ON i.id = a.invoiceid
    WHERE ${where} AND a.invoiceid > 0 AND a.amountin > 0 AND ${isMoney('a')}
    GROUP BY a.invoiceid HAVING MAX(a.date) >= ${since}
      AND (COUNT(DISTINCT a.gateway, NULLIF(a.transid, '')) < SUM(a.transid <> '')
        OR SUM(a.amountin) > MAX(i.total))`.execute(db);
  return rows;
}

/**
 * Judges the money of invoices: what is in doubt is found at once, and what WHMCS made credit of it is reserved from our
 * rules until it is parked (src/operations). What was paid before Credit Bridge followed the log is left alone. Repeating it
 * finds nothing new.
 */
async function judge(
  trx: Transaction<Database>,
  where: RawBuilder<unknown>,
  { at, newId }: Judging,
): Promise<boolean> {
  const suspicious = await suspiciousInvoices(trx, where);
  const since = await sinceWhen(trx);
  if (suspicious.length === 0 || since === undefined) return false;
  const ids = suspicious.map(({ invoiceId }) => invoiceId);
  const [invoices, rows, rates, limits] = await Promise.all([
    invoicesOf(trx, ids),
    rowsOf(trx, ids, since),
    ratesOf(trx),
    readSurplusLimits(trx),
  ]);
  const byInvoice = Map.groupBy(rows, ({ invoiceId }) => invoiceId);
  const found = invoices.flatMap((invoice) => {
    const own = byInvoice.get(invoice.id) ?? [];
    const isNew = new Set(own.filter((row) => row.isNew).map(({ id }) => id));
    const paid = {
      id: invoice.id,
      totalHundredths: parseAmount(invoice.total),
      grossHundredths: parseAmount(invoice.gross),
      rows: own,
    };
    return doubtfulPayments(paid, invoice.currencyId, rates, limits)
      .filter(({ row }) => isNew.has(row.id))
      .map((one) => ({ ...one, invoice, fact: factOf(one) }));
  });
  const credit = await creditOfInvoices(
    trx,
    [...new Set(found.map(({ invoice }) => invoice.clientId))],
    new Set(found.map(({ invoice }) => invoice.id)),
  );
  const strays = creditBeyond(
    credit,
    found.map(({ invoice, surplusHundredths }) => ({
      invoiceId: invoice.id,
      amountHundredths: surplusHundredths,
    })),
  );
  const known = await knownFacts(trx, [
    ...found.map(({ fact }) => fact),
    ...strays.map(factOfStray),
  ]);
  const fresh = found.filter(({ fact }) => !known.has(fact));
  const freshStrays = strays.filter((one) => !known.has(factOfStray(one)));
  if (fresh.length === 0 && freshStrays.length === 0) return false;
  const show = (hundredths: bigint, currencyId: number) => {
    const found = rates.find((one) => one.currencyId === currencyId);
    return amountIn(found?.code ?? null, hundredths);
  };
  const doubts: readonly Doubt[] = [
    ...fresh.map(
      (one): Doubt => ({
        fact: one.fact,
        kind: one.doubt.kind === 'repeated' ? 'repeated-payment' : 'surplus',
        clientId: one.invoice.clientId,
        currencyId: one.invoice.currencyId,
        invoiceId: one.invoice.id,
        transactionId: one.row.id,
        grantId: null,
        amountHundredths: one.surplusHundredths,
        reason: whatIsWrong(one, show),
        follows: whatFollows(one, show),
      }),
    ),
    ...freshStrays.map(
      (one): Doubt => ({
        ...one,
        fact: factOfStray(one),
        kind: 'repeated-payment',
        transactionId: null,
        grantId: one.sequence,
        reason: `WHMCS made ${show(one.amountHundredths, one.currencyId)} of credit for invoice #${one.invoiceId}, with a payment in doubt, and no payment explains it.`,
        follows: PARKED,
      }),
    ),
  ];
  await writeDoubts(trx, doubts, { at, newId });
  return true;
}

interface Doubt extends Omit<NewParking, 'id' | 'parkFact'> {
  readonly kind: 'repeated-payment' | 'surplus';
  readonly invoiceId: number;
  /** What becomes of it, after the reason. */
  readonly follows: string;
}

/** Each is found at once; what became credit is reserved. */
async function writeDoubts(
  trx: Transaction<Database>,
  doubts: readonly Doubt[],
  { at, newId }: Judging,
): Promise<void> {
  await writeFindings(
    trx,
    doubts.map(({ fact, kind, clientId, invoiceId, reason, follows }) => ({
      fact,
      kind,
      clientId,
      invoiceId,
      text: `${reason} ${follows}`,
      outcome: 'open',
    })),
    at,
  );
  const parkings = doubts
    .filter(({ amountHundredths }) => amountHundredths > 0n)
    .map((one) => {
      const id = newId();
      return { ...one, id, parkFact: operationFact(id) };
    });
  await addParkings(trx, parkings, at);
}

const PARKED = 'It is parked until somebody decides: give it back if the money came, or keep it.';

function factOfStray({ sequence }: CreditOfInvoice): string {
  return `repeated-credit:${sequence}`;
}

type Found = DoubtfulPayment & { readonly invoice: InvoiceRow; readonly fact: string };
type Show = (hundredths: bigint, currencyId: number) => string;

function factOf({ doubt, row }: DoubtfulPayment): string {
  return `${doubt.kind === 'repeated' ? 'repeated-payment' : 'surplus'}:${row.id}`;
}

/** The longest transaction id that a sentence quotes. */
const ID_SHOWN = 60;

function whatIsWrong({ doubt, row, invoice }: Found, show: Show): string {
  const paid = show(row.inHundredths, invoice.currencyId);
  const gross = show(parseAmount(invoice.gross), invoice.currencyId);
  switch (doubt.kind) {
    case 'repeated':
      return `Gateway ${row.gateway} told the payment of ${paid} for invoice #${invoice.id} again: transaction “${row.transactionId.slice(0, ID_SHOWN)}” stands there already.`;
    case 'many-times':
      return `${paid} was booked as paid for invoice #${invoice.id} over ${gross}, many times its amount.`;
    case 'other-currency':
      return `${paid} was booked as paid for invoice #${invoice.id} over ${gross}. That is what the invoice comes to after a conversion between this currency and ${doubt.code}, so the gateway probably booked a figure of another currency.`;
  }
}

function whatFollows({ surplusHundredths, invoice, row }: Found, show: Show): string {
  if (surplusHundredths === 0n) {
    return 'All of it counts as paid on the invoice, and nothing of it became credit. Look at the gateway, and remove the transaction in WHMCS if the money never came.';
  }
  const credit = show(surplusHundredths, invoice.currencyId);
  const onInvoice = row.inHundredths - surplusHundredths;
  const rest =
    onInvoice > 0n
      ? ` ${show(onInvoice, invoice.currencyId)} of it counts as paid on the invoice.`
      : '';
  return `${credit} of it became credit, which is parked until somebody decides: give it back if the money came, or keep it.${rest}`;
}

async function invoicesOf(
  trx: Transaction<Database>,
  ids: readonly number[],
): Promise<readonly InvoiceRow[]> {
  const { rows } = await sql<InvoiceRow>`
    SELECT i.id, i.userid AS clientId, c.currency AS currencyId, i.total,
      (i.subtotal + i.tax + i.tax2) AS gross
    FROM tblinvoices i JOIN tblclients c ON c.id = i.userid
    WHERE i.id IN (${sql.join(ids)})`.execute(trx);
  return rows;
}

async function rowsOf(trx: Transaction<Database>, ids: readonly number[], since: string) {
  const { rows } = await sql<AccountsRow>`
    SELECT a.id, a.invoiceid AS invoiceId, a.gateway, a.transid AS transactionId, a.amountin,
      a.amountout, a.refundid AS refundOf, ${isMoney('a')} AS isMoney, a.date >= ${since} AS isNew
    FROM tblaccounts a WHERE a.invoiceid IN (${sql.join(ids)}) ORDER BY a.id`.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    invoiceId: row.invoiceId,
    gateway: row.gateway,
    transactionId: row.transactionId,
    inHundredths: parseAmount(row.amountin),
    outHundredths: parseAmount(row.amountout),
    refundOf: row.refundOf,
    isMoney: Number(row.isMoney) === 1,
    isNew: Number(row.isNew) === 1,
  }));
}

/** `tblcurrencies.rate` has five decimals (whmcs.md §5). */
async function ratesOf(trx: Transaction<Database>): Promise<readonly Rate[]> {
  const { rows } = await sql<{ currencyId: number; code: string; rate: bigint }>`
    SELECT id AS currencyId, code, CAST(rate * 100000 AS SIGNED) AS rate
    FROM tblcurrencies ORDER BY id`.execute(trx);
  return rows;
}

async function knownFacts(
  trx: Transaction<Database>,
  facts: readonly string[],
): Promise<ReadonlySet<string>> {
  if (facts.length === 0) return new Set();
  const rows = await trx
    .selectFrom('mod_creditbridge_findings')
    .select('fact')
    .where('fact', 'in', facts)
    .execute();
  return new Set(rows.map(({ fact }) => fact));
}

/** When the log was followed first, in WHMCS's local time; undefined while it is not followed. */
async function sinceWhen(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_epochs')
    .select(({ fn }) => fn.min('adopted_at').as('first'))
    .where('state', '=', 'done')
    .executeTakeFirst();
  if (row === undefined || row.first === null) return undefined;
  const { zone } = await readToday(db);
  return localTime(new Date(`${row.first.replace(' ', 'T')}Z`), zone);
}
