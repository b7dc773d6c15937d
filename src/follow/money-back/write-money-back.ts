import { sql, type Transaction } from 'kysely';
import { TAKEN_BACK } from '../../books/index.ts';
import type { Database } from '../../db/index.ts';
import { invoicesAbout } from '../evidence/invoices-about.ts';
import { type GrantOfPayment, judgeMoneyBack } from './judge-money-back.ts';

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

/** The same for payments without an invoice that became credit: as many of an amount as went out again, the newest first. */
export async function writePaidBack(
  trx: Transaction<Database>,
  paidBack: readonly {
    readonly clientId: number;
    readonly amountHundredths: bigint;
    readonly rows: number;
  }[],
): Promise<readonly JudgedGrant[]> {
  const judged: JudgedGrant[] = [];
  for (const { clientId, amountHundredths, rows } of paidBack) {
    const grants = await paymentsToCredit(trx, clientId, amountHundredths);
    judged.push(...grants.map((row, index) => toJudged(row, index < rows ? amountHundredths : 0n)));
  }
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

async function paymentsToCredit(
  trx: Transaction<Database>,
  clientId: number,
  amountHundredths: bigint,
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT ${COLUMNS}, 'deposit' AS role, NULL AS invoiceId, e.evidence
    FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (client)
      ON e.client_id = ${clientId} AND e.epoch = t.epoch AND e.kind = 'payment-to-credit'
      AND e.amount_hundredths = ${amountHundredths}
    JOIN mod_creditbridge_grants g ON g.id = e.sequence
    LEFT JOIN tblcurrencies cur ON cur.id = g.currency_id
    ORDER BY g.id DESC`.execute(trx);
  return rows;
}

async function update(trx: Transaction<Database>, judged: readonly JudgedGrant[]): Promise<void> {
  const changed = judged.filter(({ before, now }) => before !== now);
  if (changed.length === 0) return;
  const cases = changed.map(({ id, now }) => sql`WHEN ${id} THEN ${now}`);
  await sql`
    UPDATE mod_creditbridge_grants SET money_back_hundredths = CASE id ${sql.join(cases, sql` `)} END
    WHERE id IN (${sql.join(changed.map(({ id }) => id))})`.execute(trx);
}
