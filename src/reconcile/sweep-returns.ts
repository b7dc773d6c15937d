import { sql, type Transaction } from 'kysely';
import {
  lockClients,
  SPENDABLE_COLUMNS,
  SPENDABLE_JOINS,
  type SpendableRow,
  spendableOf,
  urgencies,
  type WantedCommand,
  writeCommands,
} from '../commands/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { formatAmount, parseAmount } from '../money/index.ts';
import type { IdWindow, ReopenedReturn, TakeBackOutcome } from './ports.ts';

/** After so many commands that were stale or refused, another one would fail as well. */
const TRIES_MAX = 5;

/**
 * Returns of invoices in the window that are not cancelled (any more), were not taken back and for which nothing is under
 * way, the last of an invoice first; with how much credit the invoice counts beyond what the ledger says it took, less what is
 * being taken back. Where the invoice's own figure showed that credit was taken off it, nothing is counted twice.
 */
export async function reopenedReturns(
  db: Db,
  { from, to }: IdWindow,
): Promise<readonly ReopenedReturn[]> {
  const { rows } = await sql<Omit<ReopenedReturn, 'currencyCode'> & { code: string | null }>`
    SELECT e.sequence, e.client_id AS clientId, e.invoice_id AS invoiceId,
      e.amount_hundredths AS amountHundredths, i.status, cur.code,
      CAST(i.credit * 100 AS SIGNED) - COALESCE((
        SELECT SUM(IF(n.from_account = CONCAT('client:', n.client_id),
          n.amount_hundredths, -n.amount_hundredths))
        FROM mod_creditbridge_entries n WHERE n.invoice_id = i.id AND n.epoch = e.epoch
          AND n.kind IN ('invoice', 'return', 'take-back')), 0) - COALESCE((
        SELECT SUM(k.amount_hundredths) FROM mod_creditbridge_commands k FORCE INDEX (client_state)
        WHERE k.client_id = e.client_id AND k.invoice_id = i.id AND k.live_fact LIKE 'take-back:%'
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries m WHERE m.command_id = k.id)), 0)
        AS surplusHundredths
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_entries e ON e.epoch = t.epoch
    JOIN tblinvoices i ON i.id = e.invoice_id
    LEFT JOIN tblclients c ON c.id = e.client_id
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    WHERE t.id = 1 AND e.invoice_id BETWEEN ${from} AND ${to} AND e.kind = 'return'
      AND e.act = '{"do":"return"}' AND e.evidence <> 'invoice' AND i.status NOT IN ('Cancelled', 'Refunded')
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries b
        WHERE b.invoice_id = e.invoice_id AND b.kind = 'take-back'
          AND b.act = CONCAT('{"do":"take-back","returns":"', e.sequence, '"}'))
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_findings f
        WHERE f.fact = CONVERT(CONCAT('take-back:', e.sequence) USING ascii) COLLATE ascii_general_ci
          AND f.outcome IN ('open', 'settled'))
    ORDER BY e.sequence DESC`.execute(db);
  return rows.map(({ code, ...row }) => ({
    ...row,
    surplusHundredths: BigInt(row.surplusHundredths),
    currencyCode: code ?? '',
  }));
}

/**
 * Writes the command that takes a return back, if the client still has that much to spend. Its fact is the return, so there is
 * one at most.
 */
export async function askTakeBack(
  db: Db,
  one: ReopenedReturn,
  { at, newId }: { readonly at: Date; readonly newId: () => string },
): Promise<TakeBackOutcome> {
  return inTransaction(db, async (trx) => {
    const fact = `take-back:${one.sequence}`;
    const locked = await lockClients(trx, [one.clientId]);
    const before = await commandsFor(trx, fact);
    if (before.some(({ live }) => live)) return 'known';
    if (before.length >= TRIES_MAX) return 'failed-often';
    const client = await standing(trx, one.clientId);
    if (client.frozen) return 'frozen';
    if (client.spendable < one.amountHundredths) return 'balance-too-small';
    await writeCommands(trx, locked, [takingBack(one, fact, newId())], at);
    return 'asked';
  });
}

async function commandsFor(trx: Transaction<Database>, fact: string) {
  const rows = await trx
    .selectFrom('mod_creditbridge_commands')
    .select('live_fact')
    .where('fact', '=', fact)
    .execute();
  return rows.map(({ live_fact }) => ({ live: live_fact !== null }));
}

async function standing(trx: Transaction<Database>, clientId: number) {
  const { rows } = await sql<SpendableRow & { readonly credit: string }>`
    SELECT c.credit, ${SPENDABLE_COLUMNS} FROM tblclients c ${SPENDABLE_JOINS}
    WHERE c.id = ${clientId}`.execute(trx);
  const [row] = rows;
  return {
    spendable:
      row === undefined ? 0n : spendableOf(parseAmount(row.credit), row).spendableHundredths,
    frozen: typeof row?.frozen_because === 'string',
  };
}

/** The command that takes the return off the client's credit again. */
function takingBack(
  { sequence, clientId, invoiceId, amountHundredths }: ReopenedReturn,
  fact: string,
  id: string,
): WantedCommand {
  const amount = formatAmount(amountHundredths);
  return {
    id,
    fact,
    clientId,
    invoiceId,
    rule: 'reconcile',
    call: {
      action: 'AddCredit',
      parameters: {
        clientid: clientId,
        description: `Return taken back: invoice #${invoiceId}`,
        amount,
        type: 'remove',
      },
    },
    expects: { balanceAtLeast: amount },
    amountHundredths,
    holdHundredths: amountHundredths,
    urgency: urgencies.takeBack,
    terms: {
      kind: 'take-back',
      act: { do: 'take-back', returns: sequence },
      invoiceId,
      actor: 'service:reconcile',
      reason: `Invoice #${invoiceId} is open again`,
      operationId: null,
    },
  };
}
