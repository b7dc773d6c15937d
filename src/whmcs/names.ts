import type { Db } from '../db/index.ts';

/** Admins whose names are read; a large provider has some hundred. */
const ADMINS_MAX = 2_000;

/** Codes of currencies by their number. */
export async function currencyCodes(db: Db): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('tblcurrencies').select(['id', 'code']).execute();
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** The names admins log in with, by their number. WHMCS forgets those it deleted. */
export async function adminNames(db: Db): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('tbladmins')
    .select(['id', 'username'])
    .limit(ADMINS_MAX)
    .execute();
  return new Map(rows.map(({ id, username }) => [id, username]));
}
