import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { bumpSettingsVersion } from '../settings/index.ts';
import { aboutClients, type Holding, holdings } from './holdings.ts';

/** Rows that were blanked or deleted, by table; tables without any are left out. */
export type Erased = ReadonlyMap<string, bigint>;

/**
 * Erases the texts that we keep about these clients. Figures stay, and so does what still has to act. Doing it again changes
 * nothing.
 *
 * @param when `living` for clients who are still in WHMCS: their settings, hooks and notices stay.
 */
export async function eraseClients(
  db: Db,
  clients: readonly number[],
  when: Holding['when'],
): Promise<Erased> {
  const erased = new Map<string, bigint>();
  if (clients.length === 0) return erased;
  for (const holding of holdings) {
    if (when === 'living' && holding.when === 'gone') continue;
    const rows = await inTransaction(db, (trx) => eraseOf(trx, holding, clients));
    if (rows > 0n) erased.set(holding.table, rows);
  }
  return erased;
}

async function eraseOf(
  trx: Transaction<Database>,
  holding: Holding,
  clients: readonly number[],
): Promise<bigint> {
  const rows = aboutClients(holding, clients);
  const about = holding.isOver === undefined ? rows : sql<boolean>`${rows} AND ${holding.isOver}`;
  const { numAffectedRows = 0n } = await (holding.isDeleted
    ? sql`DELETE t FROM ${holding.from} WHERE ${about}`
    : blanking(holding, about)
  ).execute(trx);
  // The replicas know the settings by their version.
  const isSettings = holding.table === 'mod_creditbridge_rule_settings';
  if (isSettings && numAffectedRows > 0n) await bumpSettingsVersion(trx);
  return numAffectedRows;
}

function blanking({ from, blanks = {} }: Holding, about: RawBuilder<boolean>) {
  const texts = Object.entries(blanks).map(([column, text]) => ({
    column: sql.ref(`t.${column}`),
    text,
  }));
  const sets = texts.map(({ column, text }) => sql`${column} = ${text}`);
  const differ = texts.map(({ column, text }) => sql`NOT (${column} <=> ${text})`);
  return sql`UPDATE ${from} SET ${sql.join(sets)} WHERE ${about} AND (${sql.join(differ, sql` OR `)})`;
}
