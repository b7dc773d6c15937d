import type { ResultSetHeader } from 'mysql2';
import type { Connection, Pool } from 'mysql2/promise';

/** Rows of WHMCS's tables, as WHMCS would have them (whmcs.md §5), for tests that need no more of it than its data. */

export interface NewClient {
  readonly credit?: string;
  readonly currency?: number;
  readonly group?: number;
  readonly status?: string;
  readonly firstName?: string;
  /** The day it was created; a zero date when absent. */
  readonly since?: string;
  readonly country?: string;
  readonly gateway?: string;
}

export interface NewInvoice {
  readonly client: number;
  readonly total: string;
  readonly status?: string;
  readonly due?: string | null;
  readonly credit?: string;
  /** Part of the total and the credit. */
  readonly tax?: string;
  readonly gateway?: string;
  /** One ordinary line over the total when absent. */
  readonly lines?: readonly NewLine[];
}

export interface NewLine {
  readonly type: string;
  readonly amount: string;
  readonly relid?: number;
  readonly taxed?: boolean;
}

type Where = Pick<Pool | Connection, 'query'>;

/** Currencies 1 EUR (default), 2 USD and 3 JPY. */
export async function addCurrencies(where: Where): Promise<void> {
  await where.query(
    "INSERT INTO tblcurrencies (id, code, prefix, suffix, format, rate, `default`) VALUES (1, 'EUR', '€', ' EUR', 1, 1, 1), (2, 'USD', '$', ' USD', 1, 1.1, 0), (3, 'JPY', '¥', ' JPY', 4, 160, 0)",
  );
}

/** An admin with role 1, which has permissions 7 and 8: numbers that mean nothing (whmcs.md §5). @returns the id */
export async function addAdmin(where: Where, username: string): Promise<number> {
  await where.query(
    'INSERT INTO tbladminperms (roleid, permid) SELECT 1, n.permid FROM (SELECT 7 AS permid UNION SELECT 8) n WHERE NOT EXISTS (SELECT 1 FROM tbladminperms)',
  );
  return insert(
    where,
    "INSERT INTO tbladmins (roleid, username, authmodule, authdata, firstname, lastname, email, signature, notes, template, language, disabled, loginattempts, supportdepts, ticketnotifications, homewidgets) VALUES (1, ?, '', '', '', '', '', '', '', '', '', 0, 0, '', '', '')",
    [username],
  );
}

export async function addClient(where: Where, client: NewClient = {}): Promise<number> {
  const { credit = '0.00', currency = 1, group = 0, status = 'Active', firstName = 'A' } = client;
  const { since = '0000-00-00', country = '', gateway = '' } = client;
  return insert(
    where,
    "INSERT INTO tblclients (firstname, lastname, email, password, credit, currency, groupid, status, datecreated, country, defaultgateway) VALUES (?, 'Client', 'client@example.com', 'a-password-hash', ?, ?, ?, ?, ?, ?, ?)",
    [firstName, credit, currency, group, status, since, country, gateway],
  );
}

export async function addInvoice(where: Where, invoice: NewInvoice): Promise<number> {
  const { client, total, status = 'Unpaid', due = '2026-11-22', credit = '0.00' } = invoice;
  const { tax = '0.00', gateway = 'testgateway' } = invoice;
  const lines = invoice.lines ?? [{ type: 'Hosting', amount: total, relid: 1 }];
  const id = await insert(
    where,
    "INSERT INTO tblinvoices (userid, date, duedate, subtotal, tax, credit, total, status, paymentmethod) VALUES (?, '2026-11-08', ?, ? + ? - ?, ?, ?, ?, ?, ?)",
    [client, due, total, credit, tax, tax, credit, total, status, gateway],
  );
  for (const { type, amount, relid = 0, taxed = false } of lines) {
    await insert(
      where,
      'INSERT INTO tblinvoiceitems (invoiceid, userid, type, relid, amount, taxed) VALUES (?, ?, ?, ?, ?, ?)',
      [id, client, type, relid, amount, taxed],
    );
  }
  return id;
}

/** A deposit: an invoice with one AddFunds line. */
export function addDeposit(where: Where, deposit: Omit<NewInvoice, 'lines'>): Promise<number> {
  return addInvoice(where, { ...deposit, lines: [{ type: 'AddFunds', amount: deposit.total }] });
}

export async function addPayment(
  where: Where,
  payment: {
    readonly client: number;
    readonly invoice?: number;
    readonly amountIn?: string;
    readonly amountOut?: string;
    readonly transaction?: string;
    /** The row that this one refunds. */
    readonly refunds?: number;
    readonly gateway?: string;
    readonly on?: string;
  },
): Promise<number> {
  const { client, invoice = 0, amountIn = '0.00', amountOut = '0.00' } = payment;
  const { transaction = '', refunds = 0, gateway = 'testgateway', on = '2026-11-22' } = payment;
  return insert(
    where,
    'INSERT INTO tblaccounts (userid, currency, gateway, date, amountin, amountout, invoiceid, transid, refundid) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?)',
    [client, gateway, `${on} 10:00:00`, amountIn, amountOut, invoice, transaction, refunds],
  );
}

/** A credit or debit note of WHMCS 9 as it reaches an invoice: no money (whmcs.md §2.2). Returns the note's id. */
export async function addNote(
  where: Where,
  note: Parameters<typeof addPayment>[1],
): Promise<number> {
  const id = await addPayment(where, note);
  await where.query("UPDATE tblaccounts SET billingnoteid = ?, gateway = '' WHERE id = ?", [
    id,
    id,
  ]);
  return id;
}

export async function addOrder(
  where: Where,
  order: {
    readonly client: number;
    readonly invoice?: number;
    readonly status?: string;
    readonly on?: string;
  },
): Promise<number> {
  const { client, invoice = 0, status = 'Pending', on = '0000-00-00' } = order;
  return insert(
    where,
    'INSERT INTO tblorders (userid, invoiceid, status, date) VALUES (?, ?, ?, ?)',
    [client, invoice, status, on],
  );
}

/** A product with this name in this group. */
export function addProduct(where: Where, group: number, name: string): Promise<number> {
  return insert(where, 'INSERT INTO tblproducts (gid, name) VALUES (?, ?)', [group, name]);
}

export function addProductGroup(where: Where, name: string): Promise<number> {
  return insert(where, 'INSERT INTO tblproductgroups (name) VALUES (?)', [name]);
}

export interface NewService {
  readonly client: number;
  readonly product?: number;
  readonly server?: number;
  readonly status?: string;
  readonly amount?: string;
  readonly cycle?: string;
  readonly due?: string | null;
}

export function addService(where: Where, service: NewService): Promise<number> {
  const { client, product = 0, server = 0, status = 'Active' } = service;
  const { amount = '10.00', cycle = 'Monthly', due = '2026-12-01' } = service;
  return insert(
    where,
    'INSERT INTO tblhosting (userid, packageid, server, domainstatus, amount, billingcycle, nextduedate) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [client, product, server, status, amount, cycle, due],
  );
}

/** An addon of a service. */
export function addAddon(
  where: Where,
  addon: NewService & { readonly service: number },
): Promise<number> {
  const { client, service, status = 'Active' } = addon;
  const { amount = '3.00', cycle = 'Monthly', due = '2026-12-01' } = addon;
  return insert(
    where,
    'INSERT INTO tblhostingaddons (userid, hostingid, status, recurring, billingcycle, nextduedate) VALUES (?, ?, ?, ?, ?, ?)',
    [client, service, status, amount, cycle, due],
  );
}

export function addDomain(
  where: Where,
  domain: Pick<NewService, 'client' | 'status' | 'amount'> & {
    readonly due?: string;
    readonly isLetGo?: boolean;
  },
): Promise<number> {
  const { client, status = 'Active', amount = '12.00', due = '2026-12-01' } = domain;
  return insert(
    where,
    "INSERT INTO tbldomains (userid, type, domain, status, recurringamount, nextduedate, donotrenew) VALUES (?, 'Register', 'example.com', ?, ?, ?, ?)",
    [client, status, amount, due, domain.isLetGo ?? false],
  );
}

export function addUpgrade(where: Where, type: string, relid: number): Promise<number> {
  return insert(where, 'INSERT INTO tblupgrades (type, relid) VALUES (?, ?)', [type, relid]);
}

/** IGNORE stands in for WHMCS's relaxed sql_mode: its TEXT columns have no defaults. */
async function insert(where: Where, sql: string, values: readonly unknown[]): Promise<number> {
  const [result] = await where.query<ResultSetHeader>(sql.replace('INSERT', 'INSERT IGNORE'), [
    ...values,
  ]);
  return result.insertId;
}
