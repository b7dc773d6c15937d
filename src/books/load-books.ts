import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import {
  type Book,
  type DrawDown,
  type Grant,
  readGrantKind,
  type Spend,
} from '../ledger/index.ts';

/** An account by client and currency, as a key of maps. */
export type AccountKey = `${number}:${number}`;

export interface Account {
  readonly clientId: number;
  readonly currencyId: number;
}

export function accountKey({ clientId, currencyId }: Account): AccountKey {
  return `${clientId}:${currencyId}`;
}

/** The accounts of a batch, and what its postings touch beyond open grants and spends (`Loads`). */
export interface Wanted {
  readonly accounts: readonly Account[];
  readonly entries: readonly bigint[];
  readonly invoices: readonly { readonly clientId: number; readonly invoiceId: number }[];
}

/**
 * Loads the books of some accounts, each with all that `Loads` asks for, by a fixed number of statements. They hold nothing
 * of former epochs.
 */
export async function loadBooks(
  trx: Transaction<Database>,
  epoch: number,
  { accounts, entries, invoices }: Wanted,
): Promise<ReadonlyMap<AccountKey, Book>> {
  const keys = sql.join(accounts.map((one) => sql`(${one.clientId}, ${one.currencyId})`));
  const inAccounts = (table: string) =>
    sql`(${sql.ref(`${table}.client_id`)}, ${sql.ref(`${table}.currency_id`)}) IN (${keys})
      AND ${sql.ref(`${table}.epoch`)} = ${epoch}`;
  const [openGrants, openSpends, returning] = await Promise.all([
    grantsWhere(trx, sql`${inAccounts('g')} AND g.remaining_hundredths > 0`),
    spendsWhere(trx, sql`${inAccounts('u')}`, 'unfunded'),
    spendsOf(trx, epoch, invoices),
  ]);
  const drawDowns = await drawDownsOf(trx, entries, returning);
  const grantIds = [...new Set([...entries, ...drawDowns.map(({ grantId }) => grantId)])];
  const spendIds = [...new Set([...entries, ...returning, ...drawDowns.map(({ spend }) => spend)])];
  const [touchedGrants, touchedSpends] = await Promise.all([
    grantIds.length === 0
      ? []
      : grantsWhere(trx, sql`g.id IN (${sql.join(grantIds)}) AND g.epoch = ${epoch}`),
    spendIds.length === 0
      ? []
      : spendsWhere(trx, sql`e.sequence IN (${sql.join(spendIds)}) AND e.epoch = ${epoch}`, 'all'),
  ]);
  const grants = Map.groupBy([...openGrants, ...touchedGrants], accountKey);
  const spends = Map.groupBy([...openSpends, ...touchedSpends], accountKey);

  return new Map(
    accounts.map((account) => {
      const key = accountKey(account);
      const own = new Map((grants.get(key) ?? []).map(({ grant }) => [grant.id, grant]));
      const taken = new Map((spends.get(key) ?? []).map(({ spend }) => [spend.sequence, spend]));
      const draws = drawDowns.filter(({ grantId }) => own.has(grantId));
      return [key, { grants: own, spends: taken, drawDowns: draws }];
    }),
  );
}

/** Reads grants with their accounts, oldest first. */
export async function grantsWhere(
  trx: Transaction<Database>,
  condition: RawBuilder<unknown>,
): Promise<readonly (Account & { readonly grant: Grant })[]> {
  const { rows } = await sql<Omit<Grant, 'refundable' | 'kind'> & Account & GrantColumns>`
    SELECT g.id, g.client_id AS clientId, g.currency_id AS currencyId, g.kind,
      g.amount_hundredths AS amountHundredths, g.remaining_hundredths AS remainingHundredths,
      g.opened_on AS openedOn, g.starts_on AS startsOn, g.expires_on AS expiresOn, g.priority,
      g.refundable, g.follows_invoice_id AS followsInvoiceId, g.rule, g.command_id AS commandId
    FROM mod_creditbridge_grants g WHERE ${condition} ORDER BY g.id`.execute(trx);
  return rows.map(({ clientId, currencyId, kind, refundable, ...rest }) => ({
    clientId,
    currencyId,
    grant: { ...rest, kind: readGrantKind(kind), refundable: refundable === 1 },
  }));
}

interface GrantColumns {
  readonly kind: string;
  readonly refundable: number;
}

/** Reads entries that took credit: only those with an unfunded part, by the index of these, or all. */
async function spendsWhere(
  trx: Transaction<Database>,
  condition: RawBuilder<unknown>,
  which: 'unfunded' | 'all',
): Promise<readonly (Account & { readonly spend: Spend })[]> {
  const from =
    which === 'unfunded'
      ? sql`mod_creditbridge_unfunded u STRAIGHT_JOIN mod_creditbridge_entries e ON e.sequence = u.sequence`
      : sql`mod_creditbridge_entries e LEFT JOIN mod_creditbridge_unfunded u ON u.sequence = e.sequence`;
  const { rows } = await sql<Spend & Account>`
    SELECT e.client_id AS clientId, e.currency_id AS currencyId, e.sequence,
      e.invoice_id AS invoiceId, e.amount_hundredths AS amountHundredths,
      COALESCE(u.amount_hundredths, 0) AS unfundedHundredths
    FROM ${from}
    WHERE ${condition} AND e.from_account = CONCAT('client:', e.client_id)
    ORDER BY e.sequence`.execute(trx);
  return rows.map(({ clientId, currencyId, ...spend }) => ({ clientId, currencyId, spend }));
}

/** Reads entries of these invoices that took credit. History drew no grants, so there is nothing to give back. */
async function spendsOf(
  trx: Transaction<Database>,
  epoch: number,
  invoices: Wanted['invoices'],
): Promise<readonly bigint[]> {
  if (invoices.length === 0) return [];
  const keys = sql.join(invoices.map((one) => sql`(${one.invoiceId}, ${one.clientId})`));
  const { rows } = await sql<{ readonly sequence: bigint }>`
    SELECT sequence FROM mod_creditbridge_entries
    WHERE (invoice_id, client_id) IN (${keys}) AND epoch = ${epoch}
      AND from_account = CONCAT('client:', client_id)
        AND COALESCE(does, '') <> 'history'`.execute(trx);
  return rows.map(({ sequence }) => sequence);
}

/** Reads draw-downs in order, each once. Each column is searched by its own index: an OR would read the whole table. */
async function drawDownsOf(
  trx: Transaction<Database>,
  entries: readonly bigint[],
  returning: readonly bigint[],
): Promise<readonly DrawDown[]> {
  const spends = [...entries, ...returning];
  if (spends.length === 0) return [];
  const columns = sql`id, grant_id AS grantId, spend_sequence AS spend, by_sequence AS \`by\`,
    direction, amount_hundredths AS amountHundredths`;
  const table = sql`mod_creditbridge_draw_downs`;
  let ofGrants = sql``;
  if (entries.length > 0) {
    const list = sql.join(entries);
    const { rows } = await sql<{ readonly grantId: bigint }>`
      SELECT grant_id AS grantId FROM ${table} WHERE by_sequence IN (${list})
      UNION SELECT grant_id FROM ${table} WHERE spend_sequence IN (${list})`.execute(trx);
    const grants = sql.join([...entries, ...rows.map(({ grantId }) => grantId)]);
    ofGrants = sql`UNION SELECT ${columns} FROM ${table} WHERE grant_id IN (${grants})`;
  }
  const { rows } = await sql<DrawDown & { readonly id: bigint }>`
    SELECT ${columns} FROM ${table} WHERE spend_sequence IN (${sql.join(spends)})
    ${ofGrants} ORDER BY id`.execute(trx);
  return rows.map(({ id: _, ...drawDown }) => drawDown);
}
