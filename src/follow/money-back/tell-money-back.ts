import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { addFindings, moveFindings, type NewFinding } from '../../findings/index.ts';
import { withoutMoney } from '../../ledger/index.ts';
import { amountIn } from '../../whmcs/index.ts';
import type { JudgedGrant } from './write-money-back.ts';

/** Tells an admin of credit that stays although its money went back; what was taken back since needs nobody any more. */
export async function tellMoneyBack(
  db: Db,
  judged: readonly JudgedGrant[],
  at: Date,
): Promise<void> {
  const given = judged.filter(({ role }) => role !== 'follower');
  const open = given.filter((one) => without(one) > 0n);
  const over = given.flatMap((one) => [
    ...(one.before > 0n && one.before !== one.now ? [factOf(one.id, one.before)] : []),
    ...(one.now > 0n && without(one) === 0n ? [factOf(one.id, one.now)] : []),
  ]);
  await moveFindings(db, over, 'recorded', at);
  await addFindings(db, open.map(toFinding), at);
}

function without({ leftHundredths, now, takenBackHundredths }: JudgedGrant): bigint {
  return withoutMoney({ leftHundredths, moneyBackHundredths: now, takenBackHundredths });
}

/** A further refund of the same payment is another fact. */
function factOf(grantId: bigint, moneyBackHundredths: bigint): string {
  return `money-back:${grantId}:${moneyBackHundredths}`;
}

function toFinding(one: JudgedGrant): NewFinding {
  const show = (hundredths: bigint) => amountIn(one.currencyCode, hundredths);
  const payment =
    one.invoiceId === null ? 'its payment' : `the payment of invoice #${one.invoiceId}`;
  return {
    fact: factOf(one.id, one.now),
    kind: 'money-back',
    clientId: one.clientId,
    invoiceId: one.invoiceId,
    outcome: 'open',
    text: `${show(one.now)} of ${payment} went back to client #${one.clientId}, but credit that it gave is still there (grant ${one.id}). What is left of that part may not be paid out any more. Take it back, or leave it to the client and close this.`,
  };
}

interface ReversalRow {
  readonly sequence: bigint;
  readonly kind: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly adminId: number | null;
  readonly amount: bigint;
  readonly owed: bigint;
  readonly code: string | null;
}

/** Tells an admin of reversals among new entries: which payment, what its client owes, and of more than was ever given. */
export async function tellReversals(db: Db, from: bigint, upTo: bigint, at: Date): Promise<void> {
  const { rows } = await sql<ReversalRow>`
    SELECT e.sequence, e.kind, e.client_id AS clientId, e.invoice_id AS invoiceId, e.admin_id AS adminId,
      e.amount_hundredths AS amount, COALESCE(u.amount_hundredths, 0) AS owed, cur.code
    FROM mod_creditbridge_entries e
    LEFT JOIN mod_creditbridge_unfunded u ON u.sequence = e.sequence
    LEFT JOIN tblcurrencies cur ON cur.id = e.currency_id
    WHERE e.sequence > ${from} AND e.sequence <= ${upTo} AND e.does = 'reverse'`.execute(db);
  await addFindings(db, rows.map(toReversal), at);
}

function toReversal(row: ReversalRow): NewFinding {
  const show = (hundredths: bigint) => amountIn(row.code, hundredths);
  const payment = row.invoiceId === null ? 'A payment' : `The payment of invoice #${row.invoiceId}`;
  const owes =
    row.owed === 0n
      ? ''
      : ` ${show(row.owed)} of it was spent: the client owes that, and later money covers it first.`;
  const text =
    row.kind === 'reversal'
      ? `${payment} of client #${row.clientId} was taken back, and ${show(row.amount)} of credit went with it.${owes} Look at the client before you deliver more.`
      : `${show(row.amount)} of credit of client #${row.clientId} was taken back for invoice #${row.invoiceId}, more than its payment gave. Check whether the payment was reversed twice.`;
  return {
    fact: `reversal:${row.sequence}`,
    kind: 'reversal',
    clientId: row.clientId,
    invoiceId: row.invoiceId,
    // Staff who took the credit of a refunded payment know of it.
    outcome:
      row.adminId !== null && row.owed === 0n && row.kind === 'reversal' ? 'recorded' : 'open',
    text,
  };
}
