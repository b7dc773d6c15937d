import { numbersTo } from './numbers-to.ts';

/** Whatever takes SQL: a pool, a connection, a test's database. */
export interface SqlTarget {
  query(sql: string): Promise<unknown>;
}

export interface OpenInvoicesOptions {
  readonly invoices: number;
  /** A quarter of the invoices by default. */
  readonly clients?: number;
  /** WHMCS's local date; everything is due by then. */
  readonly date: string;
}

/** Invoices of one client, made months apart: they lie far from each other in the table, as they do in WHMCS. */
const INVOICES_PER_CLIENT = 4;

/**
 * Fills empty tables of WHMCS with clients and their unpaid, due invoices; the same ones each time. Six clients of ten have
 * credit, which covers about half of what they owe; one invoice of fifty is a deposit, one a mass payment; one of twenty is
 * paid in part. Set-based. The stand-in's triggers are dropped: they would take longer than all the
 * rest, and a run changes none of the tables they watch.
 */
export async function fillOpenInvoices(
  target: SqlTarget,
  { invoices, date, clients = Math.ceil(invoices / INVOICES_PER_CLIENT) }: OpenInvoicesOptions,
): Promise<void> {
  await dropTriggers(target);
  await target.query(
    `INSERT INTO tblcurrencies (id, code, prefix, suffix, format, rate, \`default\`) VALUES
       (1, 'EUR', '', ' EUR', 1, 1, 1), (2, 'USD', '$', ' USD', 1, 1.1, 0), (3, 'GBP', '', ' GBP', 1, 0.9, 0)
     ON DUPLICATE KEY UPDATE code = VALUES(code)`,
  );
  await target.query(
    `INSERT INTO tblclients (id, firstname, lastname, companyname, email, currency, credit, groupid, status,
         datecreated, latefeeoveride, overideduenotices, separateinvoices, disableautocc, taxexempt, billingcid,
         securityqid, emailoptout, overrideautoclose${TEXTS})
     SELECT seq, CONCAT('Client ', seq), 'Example', '', CONCAT('client', seq, '@example.com'), 1 + seq % 3,
         IF(seq % 10 < 6, (seq * 61 % 12000 + 100) / 100, 0), seq % 4, 'Active',
         '2020-01-01', 0, 0, 0, 0, 0, 0, 0, 0, 0${EMPTY_TEXTS}
     FROM ${numbersTo(clients)}`,
  );
  await target.query(
    `INSERT INTO tblinvoices (id, userid, invoicenum, date, duedate, subtotal, credit, tax, tax2, total, taxrate,
         taxrate2, status, paymentmethod, notes)
     SELECT seq, 1 + (seq - 1) % ${clients}, '', '${date}' - INTERVAL 14 + seq % 21 DAY,
         '${date}' - INTERVAL seq % 21 DAY, (seq * 37 % 4500 + 500) / 100, 0, 0, 0,
         (seq * 37 % 4500 + 500) / 100, 0, 0, 'Unpaid', 'mailin', ''
     FROM ${numbersTo(invoices)}`,
  );
  await target.query(
    `INSERT INTO tblinvoiceitems (invoiceid, userid, type, relid, description, amount, taxed, duedate, paymentmethod, notes)
     SELECT seq, 1 + (seq - 1) % ${clients}, CASE WHEN seq % 50 = 7 THEN 'AddFunds' WHEN seq % 50 = 23 THEN 'Invoice' ELSE 'Hosting' END,
         seq, 'A service', (seq * 37 % 4500 + 500) / 100, 0, '${date}', 'mailin', ''
     FROM ${numbersTo(invoices)}`,
  );
  await target.query(
    `INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, transid, invoiceid)
     SELECT 1 + (seq * 20 - 1) % ${clients}, 0, 'mailin', '${date} 08:00:00', 'Part', 2.50, 0, 0, '', seq * 20
     FROM ${numbersTo(Math.max(1, Math.floor(invoices / 20)))}`,
  );
}

async function dropTriggers(target: SqlTarget): Promise<void> {
  const triggers = await rowsOf<{ name: string }>(
    target,
    'SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE()',
  );
  for (const { name } of triggers) await target.query(`DROP TRIGGER ${name}`);
}

/** The driver's `[rows, fields]`. */
async function rowsOf<Row>(target: SqlTarget, sql: string): Promise<readonly Row[]> {
  const result = (await target.query(sql)) as readonly [readonly Row[]];
  return result[0];
}

/** Columns that WHMCS gives no default (whmcs.md §5). */
const NO_DEFAULT = [
  'address1',
  'address2',
  'city',
  'state',
  'postcode',
  'country',
  'phonenumber',
  'password',
  'authmodule',
  'authdata',
  'defaultgateway',
  'notes',
  'securityqans',
  'cardlastfour',
  'cardnum',
  'startdate',
  'expdate',
  'issuenumber',
  'bankname',
  'banktype',
  'bankcode',
  'bankacct',
  'gatewayid',
  'ip',
  'host',
  'language',
  'pwresetkey',
];
const TEXTS = NO_DEFAULT.map((column) => `, ${column}`).join('');
const EMPTY_TEXTS = ", ''".repeat(NO_DEFAULT.length);

/** Turns the rule that applies credit on, with its defaults. */
export async function turnOnAutoApply(target: SqlTarget, settings = '{}'): Promise<void> {
  await target.query(
    `INSERT INTO mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
     VALUES ('auto-apply', 'installation', 0, 'on', '${settings}', 1, 'test', UTC_TIMESTAMP(6))`,
  );
  await target.query(
    `INSERT INTO mod_creditbridge_state (name, value) VALUES ('settings-version', '1')
     ON DUPLICATE KEY UPDATE value = value + 1`,
  );
}
