import { sql } from 'kysely';
import { holdingStates } from '../../../bridge/index.ts';
import type { ClientGroupRow, ClientRow, CurrencyRow, InvoiceRow } from '../../admin/index.ts';
import { parseAmount } from '../../money/index.ts';
import type { Db } from '../connect.ts';

/** Client groups offered in a list; an installation has a handful. */
const GROUPS_MAX = 200;

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

/** A client's balance, and what commands on their way will take of it. */
export async function findClient(db: Db, id: number): Promise<ClientRow | undefined> {
  const row = await db
    .selectFrom('tblclients as client')
    .select(['client.id', 'client.groupid', 'client.currency', 'client.credit'])
    .select(({ selectFrom }) =>
      selectFrom('mod_creditbridge_commands')
        .select(sql<string | null>`SUM(hold_hundredths)`.as('held'))
        .where('client_id', '=', id)
        .where('state', 'in', [...holdingStates])
        .as('held'),
    )
    .where('client.id', '=', id)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        id: row.id,
        groupId: row.groupid,
        currencyId: row.currency,
        creditHundredths: parseAmount(row.credit),
        heldHundredths: BigInt(row.held ?? '0'),
      };
}
