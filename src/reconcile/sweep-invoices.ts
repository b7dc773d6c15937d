import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { fromMoment } from '../db/index.ts';
import type {
  CancelledInvoice,
  IdWindow,
  InvoiceOfClient,
  PaidAfterCancel,
  PaidBetween,
  PaidTwice,
} from './ports.ts';

/**
 * What sweeps look for among the invoices of one window of ids: each is one statement that goes by the primary key and
 * looks everything else up by an index.
 */

/** A key of our tables is ASCII; compared with anything else its index would not be used. */
const fact = (prefix: string) =>
  sql`CONVERT(CONCAT(${sql.lit(prefix)}, i.id) USING ascii) COLLATE ascii_general_ci`;

const wasDelivered = (hook: string) => sql`EXISTS (
  SELECT 1 FROM mod_creditbridge_deliveries v
  WHERE v.invoice_id = i.id AND v.type = ${sql.lit(hook)} AND v.outcome = 'accepted')`;

/** Cancelled invoices with credit on them, and those that were found cancelled before. */
export async function cancelledInvoices(
  db: Db,
  { from, to }: IdWindow,
): Promise<readonly CancelledInvoice[]> {
  const { rows } = await sql<{
    invoiceId: number;
    clientId: number;
    status: string;
    credit: bigint;
    heard: number | bigint;
    ours: number | bigint;
    ofOurTime: number | bigint;
    outcome: string | null;
    foundAt: string | null;
  }>`
    SELECT i.id AS invoiceId, i.userid AS clientId, i.status, CAST(i.credit * 100 AS SIGNED) AS credit,
      ${wasDelivered('InvoiceCancelled')} AS heard,
      ${cancelledByUs()} AS ours,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e
        WHERE e.invoice_id = i.id AND e.kind = 'invoice' AND e.act <> '{"do":"history"}') AS ofOurTime,
      f.outcome, f.found_at AS foundAt
    FROM tblinvoices i
    LEFT JOIN mod_creditbridge_findings f ON f.fact = ${fact('cancelled:')}
    WHERE i.id BETWEEN ${from} AND ${to}
      AND ((i.status = 'Cancelled' AND i.credit > 0) OR f.fact IS NOT NULL)`.execute(db);
  return rows.map((row) => ({
    invoiceId: row.invoiceId,
    clientId: row.clientId,
    isCancelled: row.status === 'Cancelled',
    creditHundredths: row.credit,
    wasHeard: Number(row.heard) === 1,
    isOurs: Number(row.ours) === 1,
    isOfOurTime: Number(row.ofOurTime) === 1,
    found:
      row.outcome === null || row.foundAt === null
        ? null
        : { outcome: row.outcome, at: fromMoment(row.foundAt) },
  }));
}

function cancelledByUs() {
  return sql`EXISTS (SELECT 1 FROM mod_creditbridge_commands k FORCE INDEX (client_state)
    WHERE k.client_id = i.userid AND k.state = 'done' AND k.invoice_id = i.id
      AND k.action = 'UpdateInvoice')`;
}

/** WHMCS writes when it set an invoice to Paid; one that a program set so past WHMCS has a zero date and is left alone. */
export async function unheardPayments(
  db: Db,
  { from, to }: IdWindow,
  { since, until }: PaidBetween,
): Promise<readonly InvoiceOfClient[]> {
  const { rows } = await sql<InvoiceOfClient>`
    SELECT i.id AS invoiceId, i.userid AS clientId
    FROM tblinvoices i
    LEFT JOIN mod_creditbridge_findings f ON f.fact = ${fact('paid:')}
    WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Paid'
      AND i.datepaid >= ${since} AND i.datepaid <= ${until} AND f.fact IS NULL
      AND NOT ${wasDelivered('InvoicePaid')}`.execute(db);
  return rows;
}

/** Targets of mass payments in the window that received more than they are over (whmcs.md §2.6). */
export async function paidTwice(
  db: Db,
  { from, to }: IdWindow,
  { since }: PaidBetween,
): Promise<readonly PaidTwice[]> {
  const { rows } = await sql<{
    invoiceId: number;
    clientId: number;
    containers: string;
    gross: bigint;
    paid: bigint;
    currencyCode: string | null;
  }>`
    SELECT t.id AS invoiceId, t.userid AS clientId, cur.code AS currencyCode,
      GROUP_CONCAT(DISTINCT c.id ORDER BY c.id SEPARATOR ' ') AS containers,
      CAST((t.subtotal + t.tax + t.tax2) * 100 AS SIGNED) AS gross,
      CAST((SUM(l.amount) + (SELECT COALESCE(SUM(a.amountin - a.amountout), 0)
        FROM tblaccounts a WHERE a.invoiceid = t.id)) * 100 AS SIGNED) AS paid
    FROM (
      SELECT DISTINCT touched.userid, touched.relid
      FROM tblinvoices i JOIN tblinvoiceitems touched
        ON touched.invoiceid = i.id AND touched.type = 'Invoice'
      WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Paid' AND i.datepaid >= ${since}
    ) AS target
    JOIN tblinvoices t ON t.id = target.relid
    JOIN tblinvoiceitems l ON l.userid = target.userid AND l.type = 'Invoice' AND l.relid = t.id
    JOIN tblinvoices c ON c.id = l.invoiceid AND c.status = 'Paid'
    LEFT JOIN tblclients client ON client.id = t.userid
    LEFT JOIN tblcurrencies cur ON cur.id = client.currency
    GROUP BY t.id HAVING paid > gross`.execute(db);
  return rows.map(({ invoiceId, clientId, containers, gross, paid, currencyCode }) => ({
    invoiceId,
    clientId,
    grossHundredths: gross,
    paidHundredths: paid,
    containers: containers.split(' ').map(Number),
    currencyCode: currencyCode ?? '',
  }));
}

/** Money received for invoices that are cancelled and that a command of ours cancelled. */
export async function paidAfterOurCancel(
  db: Db,
  { from, to }: IdWindow,
): Promise<readonly PaidAfterCancel[]> {
  const { rows } = await sql<Omit<PaidAfterCancel, 'currencyCode'> & { code: string | null }>`
    SELECT i.id AS invoiceId, i.userid AS clientId, a.id AS paymentId, cur.code,
      IF(a.date < '1000-01-01', NULL, LEFT(a.date, 10)) AS paidOn,
      CAST(a.amountin * 100 AS SIGNED) AS amountHundredths
    FROM tblinvoices i
    JOIN tblaccounts a ON a.invoiceid = i.id AND a.amountin > 0
    LEFT JOIN tblclients c ON c.id = i.userid
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Cancelled' AND ${cancelledByUs()}`.execute(
    db,
  );
  return rows.map(({ code, ...row }) => ({ ...row, currencyCode: code ?? '' }));
}
