import { sql } from 'kysely';
import { type Db, isMoney, toMoment } from '../../db/index.ts';
import { addFindings } from '../../findings/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import {
  HOOK_GRACE_MS,
  type InvoiceOfClient,
  type InvoiceSweep,
  nameOfInvoice,
  type PaidBetween,
} from './sweep.ts';

/**
 * Asks the rules about refunds of invoices that credit paid in part: WHMCS may tell only those of the whole (whmcs.md §4.3). Also
 * about those that it told, ten minutes later: when the hook came, the ledger may have been behind or the client frozen. Each refund
 * is told once. Only refunds since sweeping began count.
 */
export const sweepRefunded: InvoiceSweep = async (
  range,
  { db, tellMissed, eachAlone, isHeard, paid, at },
) => {
  const refunded = await newRefunds(db, range, paid, at);
  const hears = isHeard('InvoiceRefunded');
  const task = {
    name: 'refund',
    nameOf: (one: InvoiceOfClient) => nameOfInvoice('Telling the rules about the refund of', one),
    covers: inRange(range),
  };
  await eachAlone.together(task, [refunded], async (some) => {
    if (hears) {
      await tellMissed(
        'InvoiceRefunded',
        some.map(({ invoiceId }) => invoiceId),
      );
    }
    await addFindings(
      db,
      some.map(({ clientId, invoiceId, fact }) => ({
        fact,
        kind: 'refunded',
        clientId,
        invoiceId,
        text: `Money of invoice #${invoiceId} went back, and credit had paid a part of it.`,
        outcome: hears ? 'told' : 'nobody',
      })),
      at,
    );
  });
};

interface Refunded extends InvoiceOfClient {
  /** Names the newest refund, and the newest that became credit. */
  readonly fact: string;
}

/**
 * Reads invoices with credit of their client on them and with a new refund that has no finding yet. A refund to credit may have no row of
 * money (whmcs.md §8.15); then the ledger has it. The fact names the newest of both kinds, however old: one that is no longer new must not
 * make another fact of the other.
 */
async function newRefunds(
  db: Db,
  { from, to }: IdRange,
  { since, until }: PaidBetween,
  at: Date,
): Promise<readonly Refunded[]> {
  const recordedUntil = toMoment(new Date(at.getTime() - HOOK_GRACE_MS));
  const wentOut = sql`SELECT MAX(a.id) FROM tblaccounts a
    WHERE a.invoiceid = i.id AND a.amountout > 0 AND ${isMoney('a')} AND a.date <= ${until}`;
  const becameCredit = sql`SELECT MAX(e.sequence) FROM mod_creditbridge_entries e
    WHERE e.invoice_id = i.id AND e.kind = 'refund' AND COALESCE(e.does, '') <> 'history'
      AND e.recorded_at <= ${recordedUntil}`;
  const { rows } = await sql<Refunded>`
    SELECT r.invoiceId, r.clientId, r.fact FROM (
      SELECT i.invoiceId, i.clientId, CONVERT(CONCAT('refunded:', i.invoiceId, ':', COALESCE(i.refund, 0), ':', COALESCE(i.toCredit, 0))
          USING ascii) COLLATE ascii_general_ci AS fact
      FROM (
        SELECT i.id AS invoiceId, i.userid AS clientId, (${wentOut}) AS refund, (${becameCredit}) AS toCredit
        FROM tblinvoices i
        WHERE i.id BETWEEN ${from} AND ${to} AND i.status IN ('Paid', 'Refunded', 'Collections')
          AND EXISTS (SELECT 1 FROM mod_creditbridge_entries p WHERE p.invoice_id = i.id AND p.kind = 'invoice')
          AND ((${wentOut} AND a.date >= ${since}) IS NOT NULL
            OR (${becameCredit} AND e.logged_on >= DATE(${since})) IS NOT NULL)) AS i) AS r
    LEFT JOIN mod_creditbridge_findings f ON f.fact = r.fact
    WHERE f.fact IS NULL`.execute(db);
  return rows;
}
