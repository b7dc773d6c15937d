import type { SqlTarget } from '../support/open-invoices.ts';

/**
 * Gives each client of `fillOpenInvoices` two services, every second an addon and a domain, an order, and products that the
 * services are of. Lines for services then name one of their client. Set-based.
 */
export async function fillServices(target: SqlTarget, date: string): Promise<void> {
  await target.query(
    "INSERT INTO tblproducts (id, gid, name) SELECT id, 1 + id % 10, 'A product' FROM tblclients WHERE id <= 100",
  );
  await target.query(
    `INSERT INTO tblhosting (userid, packageid, domainstatus, amount, billingcycle, nextduedate)
     SELECT c.id, 1 + c.id % 100, IF(c.id % 9 = 0, 'Suspended', 'Active'), 9.90, 'Monthly',
       '${date}' + INTERVAL (c.id * 7 + n.n * 50) % 120 - 10 DAY
     FROM tblclients c JOIN (SELECT 0 AS n UNION ALL SELECT 1) n`,
  );
  await target.query(
    `INSERT INTO tblhostingaddons (userid, hostingid, status, recurring, billingcycle, nextduedate)
     SELECT userid, id, 'Active', 3.00, 'Monthly', nextduedate FROM tblhosting WHERE id % 4 = 0`,
  );
  await target.query(
    `INSERT INTO tbldomains (userid, type, domain, status, recurringamount, nextduedate)
     SELECT id, 'Register', 'example.com', 'Active', 12.00, '${date}' + INTERVAL id % 300 DAY FROM tblclients WHERE id % 2 = 0`,
  );
  await target.query(
    "INSERT INTO tblorders (userid, status, date) SELECT id, 'Active', '2026-01-01' FROM tblclients",
  );
  await target.query(
    "UPDATE tblinvoiceitems t JOIN tblhosting s ON s.userid = t.userid SET t.relid = s.id WHERE t.type = 'Hosting'",
  );
  await target.query('ANALYZE TABLE tblhosting, tblhostingaddons, tbldomains, tblorders');
}
