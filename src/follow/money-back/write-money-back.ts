import { sql, type Transaction } from 'kysely';
import { TAKEN_BACK } from '../../books/index.ts';
import { type Database, isMoney } from '../../db/index.ts';
import { readDate } from '../../whmcs/index.ts';
import { invoicesAbout } from '../evidence/invoices-about.ts';
import { type GrantOfPayment, judgeMoneyBack } from './judge-money-back.ts';
import { judgePaidBack, type WentOut } from './judge-paid-back.ts';

/** A grant of a payment, and what is known of its money. */
export interface JudgedGrant {
  readonly id: bigint;
  readonly role: GrantOfPayment['role'];
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly currencyCode: string;
  readonly leftHundredths: bigint;
  readonly takenBackHundredths: bigint;
  readonly before: bigint;
  readonly now: bigint;
}

interface Row {
  readonly id: bigint;
  readonly role: GrantOfPayment['role'];
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly evidence: string;
  readonly currencyCode: string | null;
  readonly given: bigint;
  readonly remaining: bigint;
  readonly takenBack: bigint;
  readonly moneyBack: bigint;
}

/** Compares the grants of these invoices with the money that is there now, and writes how much went back. */
export async function writeMoneyBack(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<readonly JudgedGrant[]> {
  if (invoiceIds.length === 0) return [];
  const rows = await grantsOfPayments(trx, invoiceIds);
  const wanted = [...new Set(rows.flatMap(({ invoiceId }) => invoiceId ?? []))];
  const invoices = await invoicesAbout(trx, wanted);
  const judged = [...Map.groupBy(rows, ({ invoiceId }) => invoiceId)].flatMap(([id, own]) => {
    const invoice = invoices.get(id ?? 0);
    if (invoice === undefined) return [];
    const grants = own.map((row) => ({
      id: row.id,
      role: row.role,
      givenHundredths: row.given,
      wasPaid: row.evidence === 'payment',
    }));
    const back = judgeMoneyBack(invoice, grants);
    return own.map((row) => toJudged(row, back.get(row.id) ?? 0n));
  });
  await update(trx, judged);
  return judged;
}

/** The same for payments without an invoice that became credit of these clients. */
export async function writePaidBack(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly JudgedGrant[]> {
  if (clientIds.length === 0) return [];
  const [grants, wentOut] = await Promise.all([
    paymentsToCredit(trx, clientIds),
    paidBackTo(trx, clientIds),
  ]);
  const judged = judgePaidBack(grants, wentOut)
    .filter(({ grant, backHundredths }) => backHundredths > 0n || grant.moneyBack > 0n)
    .map(({ grant, backHundredths }) => toJudged(grant, backHundredths));
  await update(trx, judged);
  return judged;
}

function toJudged(row: Row, now: bigint): JudgedGrant {
  return {
    id: row.id,
    role: row.role,
    clientId: row.clientId,
    invoiceId: row.invoiceId,
    currencyCode: row.currencyCode ?? '',
    leftHundredths: row.remaining,
    takenBackHundredths: BigInt(row.takenBack),
    before: row.moneyBack,
    now,
  };
}

const COLUMNS = sql`g.id, g.client_id AS clientId, cur.code AS currencyCode, g.amount_hundredths AS given,
  g.remaining_hundredths AS remaining, ${TAKEN_BACK} AS takenBack, g.money_back_hundredths AS moneyBack`;

/** Reads grants that payments of these invoices gave, and grants that follow these invoices. */
async function grantsOfPayments(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS}, e.kind AS role, e.invoice_id AS invoiceId, e.evidence
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id)
      ON e.invoice_id IN (${sql.join(invoiceIds)}) AND e.epoch = t.epoch
      AND e.kind IN ('deposit', 'overpayment')
    JOIN mod_creditbridge_grants g ON g.id = e.sequence
    LEFT JOIN tblcurrencies cur ON cur.id = g.currency_id
    UNION ALL
    SELECT ${COLUMNS}, 'follower', g.follows_invoice_id, ''
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_grants g FORCE INDEX (follows_invoice_id)
      ON g.follows_invoice_id IN (${sql.join(invoiceIds)}) AND g.epoch = t.epoch
    LEFT JOIN tblcurrencies cur ON cur.id = g.currency_id
    ORDER BY id`.execute(trx);
  return rows;
}

type PaymentToCredit = Row & { readonly openedOn: string | null };

/** The grants of such payments, the newest first. */
async function paymentsToCredit(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly PaymentToCredit[]> {
  const { rows } = await sql<PaymentToCredit>`
    SELECT ${COLUMNS}, 'deposit' AS role, NULL AS invoiceId, e.evidence, g.opened_on AS openedOn
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_grants g FORCE INDEX (client)
      ON g.client_id IN (${sql.join(clientIds)}) AND g.epoch = t.epoch
    STRAIGHT_JOIN mod_creditbridge_entries e ON e.sequence = g.id AND e.kind = 'payment-to-credit'
    LEFT JOIN tblcurrencies cur ON cur.id = g.currency_id
    ORDER BY g.id DESC`.execute(trx);
  return rows;
}

/** Money that went out to these clients without an invoice. */
async function paidBackTo(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<readonly WentOut[]> {
  const { rows } = await sql<{ clientId: number; date: string | null; hundredths: bigint }>`
    SELECT a.userid AS clientId, a.date, CAST(a.amountout * 100 AS SIGNED) AS hundredths FROM tblaccounts a
    WHERE a.userid IN (${sql.join(clientIds)}) AND a.invoiceid = 0 AND a.amountout > 0 AND ${isMoney('a')}
    ORDER BY a.id`.execute(trx);
  return rows.map(({ clientId, date, hundredths }) => ({
    clientId,
    amountHundredths: hundredths,
    on: readDate(date),
  }));
}

async function update(trx: Transaction<Database>, judged: readonly JudgedGrant[]): Promise<void> {
  const changed = judged.filter(({ before, now }) => before !== now);
  if (changed.length === 0) return;
  const cases = changed.map(({ id, now }) => sql`WHEN ${id} THEN ${now}`);
  await sql`
    UPDATE mod_creditbridge_grants SET money_back_hundredths = CASE id ${sql.join(cases, sql` `)} END
    WHERE id IN (${sql.join(changed.map(({ id }) => id))})`.execute(trx);
}
