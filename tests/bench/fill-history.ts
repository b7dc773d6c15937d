import { numbersTo } from '../support/numbers-to.ts';
import type { SqlTarget } from '../support/open-invoices.ts';

/** Paid invoices that `fillHistory` gives to each client. */
export const HISTORY_PER_CLIENT = 4;

export interface HistoryOptions {
  readonly clients: number;
  /** Invoices that are there already, with the ids from 1 on. */
  readonly invoices: number;
  /** WHMCS's local date. */
  readonly date: string;
}

/**
 * Gives the clients of `fillOpenInvoices` the past that their credit comes from: within the 90 days before `date` each had four
 * invoices and paid them. With credit: two deposits, one invoice with 5.00 of credit on it, one paid by money alone; without:
 * all by money. The rows of the credit log add up to the balance. Set-based.
 */
export async function fillHistory(
  target: SqlTarget,
  { clients, invoices, date }: HistoryOptions,
): Promise<void> {
  await target.query(
    `CREATE TEMPORARY TABLE bench_history AS
     SELECT ${invoices} + seq AS id, c.id AS client_id, c.credit > 0 AND turn < 2 AS is_deposit,
       IF(c.credit > 0 AND turn = 2, 5, 0) AS used, '${date}' - INTERVAL 88 - 20 * turn - c.id % 20 DAY AS day,
       CASE WHEN c.credit = 0 OR turn > 1 THEN 15 WHEN turn = 0 THEN ROUND(c.credit / 2, 2) + 5 ELSE c.credit - ROUND(c.credit / 2, 2) END AS amount
     FROM (SELECT seq, 1 + (seq - 1) % ${clients} AS client_id, FLOOR((seq - 1) / ${clients}) AS turn
       FROM ${numbersTo(clients * HISTORY_PER_CLIENT)}) n
     JOIN tblclients c ON c.id = n.client_id`,
  );
  // `total` is what is left to pay in money (whmcs.md §2.2).
  await target.query(
    `INSERT INTO tblinvoices (id, userid, invoicenum, date, duedate, datepaid, subtotal, credit, tax, tax2, total, taxrate,
         taxrate2, status, paymentmethod, notes)
     SELECT id, client_id, '', day, day, CONCAT(day, ' 09:00:00'), amount, used, 0, 0, amount - used, 0, 0, 'Paid', 'mailin', ''
     FROM bench_history`,
  );
  await target.query(
    `INSERT INTO tblinvoiceitems (invoiceid, userid, type, relid, description, amount, taxed, duedate, paymentmethod, notes)
     SELECT id, client_id, IF(is_deposit, 'AddFunds', 'Hosting'), 0, 'Something', amount, 0, day, 'mailin', '' FROM bench_history`,
  );
  await target.query(
    `INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, transid, invoiceid)
     SELECT client_id, 0, 'mailin', CONCAT(day, ' 09:00:00'), 'Invoice Payment', amount - used, 0, 0, CONCAT('T', id), id FROM bench_history`,
  );
  await target.query(
    `INSERT INTO tblcredit (clientid, admin_id, date, description, amount, relid)
     SELECT client_id, 0, day, IF(is_deposit, CONCAT('Add Funds Invoice #', id), CONCAT('Credit Applied to Invoice #', id)),
       IF(is_deposit, amount, -used), 0
     FROM bench_history WHERE is_deposit OR used > 0 ORDER BY day, id`,
  );
  await target.query('DROP TEMPORARY TABLE bench_history');
  await target.query('ANALYZE TABLE tblinvoices, tblinvoiceitems, tblaccounts, tblcredit');
}
