import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { addFindings, type FindingOutcome, moveFindings } from '../../findings/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import { amountIn } from '../../whmcs/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import { askTakeBack, type ReturnToTakeBack, type TakeBackOutcome } from './ask-take-back.ts';
import { NOTED } from './invoice-sql.ts';
import type { InvoiceSweep } from './sweep.ts';

/**
 * Takes back credit that was returned from a cancelled or refunded invoice which is so no longer and still counts it (whmcs.md §2.7):
 * the client would have it twice. Of several returns the last ones go first, as far as the invoice counts them.
 */
export const sweepReopenedReturns: InvoiceSweep = async (range, { db, newId, eachAlone, at }) => {
  const left = new Map<number, bigint>();
  const returns = await reopenedReturns(db, range);
  const task = { name: 'take-back', nameOf, covers: inRange(range) };
  await eachAlone.each(task, [returns], async (one) => {
    const surplus = left.get(one.invoiceId) ?? one.surplusHundredths;
    if (surplus <= 0n) return;
    // When this fails, no other return of the invoice is taken back in its place.
    left.set(one.invoiceId, 0n);
    const outcome =
      surplus < one.amountHundredths ? 'in-part' : await askTakeBack(db, one, { at, newId });
    left.set(one.invoiceId, outcome === 'in-part' ? 0n : surplus - one.amountHundredths);
    if (outcome === 'known') return;
    const { sequence, clientId, invoiceId } = one;
    const told = FOUND[outcome](one);
    const fact = outcome === 'frozen' ? frozenFact(sequence) : `take-back:${sequence}`;
    if (outcome !== 'frozen') await moveFindings(db, [frozenFact(sequence)], 'recorded', at);
    await addFindings(
      db,
      [
        {
          fact,
          kind: 'take-back',
          clientId,
          invoiceId,
          text: told.text,
          outcome: told.outcome,
        },
      ],
      at,
    );
  });
};

/** That a client was frozen when credit was to be taken back. It is tried again, unless an admin closes this. */
function frozenFact(sequence: bigint): string {
  return `${FROZEN}${sequence}`;
}

const FROZEN = 'take-back-frozen:';

/** A return of credit whose invoice is no longer cancelled or refunded and still counts the credit. */
interface ReopenedReturn extends ReturnToTakeBack {
  readonly status: string;
  /** What the invoice counts as paid by credit, less what the ledger says it took. */
  readonly surplusHundredths: bigint;
  readonly currencyCode: string;
}

/**
 * Reads returns whose invoice is not cancelled or refunded (any more), that were not taken back and for which nothing is under way, the
 * last of an invoice first. The surplus leaves out what is being taken back. Returns that WHMCS showed in the invoice's own
 * figure are left out, and those by which a command took credit off the invoice: nothing of them is counted twice. On 9.x the
 * notes count what our AddCredit gave back; other returns are taken back for the figure alone, because a note may be there for
 * another reason.
 */
async function reopenedReturns(db: Db, { from, to }: IdRange): Promise<readonly ReopenedReturn[]> {
  const { rows } = await sql<Omit<ReopenedReturn, 'currencyCode'> & { code: string | null }>`
    SELECT e.sequence, e.client_id AS clientId, e.invoice_id AS invoiceId,
      e.amount_hundredths AS amountHundredths, i.status, cur.code,
      GREATEST(CAST(i.credit * 100 AS SIGNED), IF(r.action = 'AddCredit', ${NOTED}, 0)) - COALESCE((
        SELECT SUM(IF(n.from_account = CONCAT('client:', n.client_id),
          n.amount_hundredths, -n.amount_hundredths))
        FROM mod_creditbridge_entries n WHERE n.invoice_id = i.id AND n.epoch = e.epoch
          AND n.kind IN ('invoice', 'return', 'take-back')), 0) - COALESCE((
        SELECT SUM(k.amount_hundredths) FROM mod_creditbridge_commands k FORCE INDEX (client_state)
        JOIN mod_creditbridge_command_terms kt ON kt.command_id = k.id AND kt.kind = 'take-back'
        WHERE k.client_id = e.client_id AND k.invoice_id = i.id AND k.live_fact IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries m WHERE m.command_id = k.id)), 0)
        AS surplusHundredths
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_entries e ON e.epoch = t.epoch
    JOIN tblinvoices i ON i.id = e.invoice_id
    LEFT JOIN mod_creditbridge_commands r ON r.id = e.command_id
    LEFT JOIN tblclients c ON c.id = e.client_id
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    WHERE t.id = 1 AND e.invoice_id BETWEEN ${from} AND ${to} AND e.kind = 'return'
      AND e.does IN ('return', 'grant') AND e.evidence <> 'invoice' AND COALESCE(r.action, '') <> 'UnapplyCredit' AND i.status NOT IN ('Cancelled', 'Refunded')
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries b
        WHERE b.invoice_id = e.invoice_id AND b.kind = 'take-back'
          AND b.takes_back = e.sequence)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_findings f
        WHERE f.fact = CONVERT(CONCAT('take-back:', e.sequence) USING ascii) COLLATE ascii_general_ci
          AND f.outcome IN ('open', 'settled'))
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_findings f
        WHERE f.fact = CONVERT(CONCAT(${sql.lit(FROZEN)}, e.sequence) USING ascii) COLLATE ascii_general_ci
          AND f.outcome = 'settled')
    ORDER BY e.sequence DESC`.execute(db);
  return rows.map(({ code, ...row }) => ({
    ...row,
    surplusHundredths: BigInt(row.surplusHundredths),
    currencyCode: code ?? '',
  }));
}

function nameOf({ sequence, clientId, invoiceId }: ReopenedReturn): ItemName {
  return {
    id: `${invoiceId}-${sequence}`,
    clientId,
    invoiceId,
    what: `Taking back the return of credit from invoice #${invoiceId}`,
  };
}

type Told = { readonly text: string; readonly outcome: FindingOutcome };

const FOUND: Readonly<
  Record<Exclude<TakeBackOutcome, 'known'> | 'in-part', (one: ReopenedReturn) => Told>
> = {
  asked: (one) => ({ text: `${what(one)} It is being taken back.`, outcome: 'asked' }),
  'balance-too-small': (one) => ({
    text: `${what(one)} The client has spent it since: remove it from the invoice, or ask the client for it.`,
    outcome: 'open',
  }),
  frozen: (one) => ({
    text: `${what(one)} The client is frozen, so it is taken back after the unfreeze. If you take it back by hand, close this.`,
    outcome: 'open',
  }),
  'failed-often': (one) => ({
    text: `${what(one)} Taking it back failed repeatedly; the commands of the client say why.`,
    outcome: 'open',
  }),
  'in-part': (one) => ({
    text: `${what(one)} The invoice counts only part of it, so you have to decide how much to take back.`,
    outcome: 'open',
  }),
};

function what({ amountHundredths, invoiceId, status, currencyCode }: ReopenedReturn): string {
  return `${amountIn(currencyCode, amountHundredths)} was returned when invoice #${invoiceId} was cancelled or refunded. The invoice is ${status} again and still counts it as paid.`;
}
