import { sql } from 'kysely';
import {
  SPENDABLE_COLUMNS,
  SPENDABLE_JOINS,
  type SpendableRow,
  spendableOf,
} from '../../commands/index.ts';
import type { Db } from '../../db/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { ClientGroupRow, ClientRow, CurrencyRow, InvoiceRow } from '../ports.ts';

/** Client groups offered in a list; an installation has a handful. */
const GROUPS_MAX = 200;
/** Admins whose names are read; a large provider has some hundred. */
const ADMINS_MAX = 2_000;

export async function listCurrencies(db: Db): Promise<readonly CurrencyRow[]> {
  const rows = await db
    .selectFrom('tblcurrencies')
    .select(['id', 'code', 'prefix', 'suffix', 'rate', 'default'])
    .orderBy('default', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(({ default: isDefault, ...row }) => ({ ...row, isDefault: isDefault === 1 }));
}

export async function listClientGroups(db: Db): Promise<readonly ClientGroupRow[]> {
  return db
    .selectFrom('tblclientgroups')
    .select(['id', 'groupname as name'])
    .orderBy('groupname')
    .limit(GROUPS_MAX)
    .execute();
}

/** The names admins log in with: those who did something here years ago are among them, unless WHMCS deleted them. */
export async function listAdminNames(db: Db): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('tbladmins')
    .select(['id', 'username'])
    .limit(ADMINS_MAX)
    .execute();
  return new Map(rows.map(({ id, username }) => [id, username]));
}

/** An invoice as it stands; what was paid are its rows of `tblaccounts` (whmcs.md §2.2). */
export async function findInvoice(db: Db, id: number): Promise<InvoiceRow | undefined> {
  const row = await db
    .selectFrom('tblinvoices as i')
    .leftJoin('tblclients as client', 'client.id', 'i.userid')
    .select(['i.id', 'i.userid', 'i.status', 'i.duedate', 'i.total', 'i.credit'])
    .select('client.currency')
    .select(({ selectFrom }) =>
      selectFrom('tblaccounts')
        .select(sql<string | null>`SUM(amountin - amountout)`.as('paid'))
        .where('invoiceid', '=', id)
        .as('paid'),
    )
    .where('i.id', '=', id)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        id: row.id,
        clientId: row.userid,
        currencyId: row.currency,
        status: row.status,
        dueOn: row.duedate === null || row.duedate.startsWith('0000') ? null : row.duedate,
        totalHundredths: parseAmount(row.total),
        creditHundredths: parseAmount(row.credit),
        paidHundredths: parseAmount(row.paid ?? '0'),
      };
}

/** A client's balance, and what is held of it. */
export async function findClient(db: Db, id: number): Promise<ClientRow | undefined> {
  const { rows } = await sql<ClientCredit>`
    SELECT c.id, c.groupid, c.currency, c.credit, ${SPENDABLE_COLUMNS}
    FROM tblclients c ${SPENDABLE_JOINS} WHERE c.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const creditHundredths = parseAmount(row.credit);
  return {
    id: row.id,
    groupId: row.groupid,
    currencyId: row.currency,
    creditHundredths,
    heldHundredths: spendableOf(creditHundredths, row).heldHundredths,
  };
}

interface ClientCredit extends SpendableRow {
  readonly id: number;
  readonly groupid: number;
  readonly currency: number;
  readonly credit: string;
}
