import { sql } from 'kysely';
import type { Db } from './connect.ts';
import { databaseTrouble } from './database-trouble.ts';
import { parseGrants } from './parse-grants.ts';
import { grantStatements, quoteAccount, quoteName } from './rights.ts';

/** Rights on one table that the service's account needs and lacks. */
export interface MissingRight {
  /** Such as `SELECT (id, credit) on tblclients`. */
  readonly what: string;
  /** The statement that mends it, for an administrator of the database. */
  readonly grant: string;
}

type Columns = 'all' | ReadonlySet<string>;

/** A privilege on one table; `all`: on the table as a whole. */
interface Part {
  readonly privilege: string;
  readonly columns: 'all' | readonly string[];
}

/** By table. */
const WANTED = new Map(
  [...parseGrants(grantStatements({ user: '', host: '', database: '' })).tables].map(
    ([key, rights]) => [key.slice(1), rights] as const,
  ),
);

const DELETABLE = [...WANTED].flatMap(([table, rights]) => (rights.has('DELETE') ? table : []));

/**
 * Lists the rights that the connected account lacks, table by table. It asks the server what this account may do, by two
 * statements that change nothing. So rights on the whole database, of roles, and of the same user at another host count as they
 * do for any statement; `SHOW GRANTS` leaves the last out.
 *
 * @throws the driver's error when nothing can be deleted for another reason, such as a server that is read-only.
 */
export async function missingRights(db: Db): Promise<readonly MissingRight[]> {
  const columns = await readColumnRights(db);
  const undeletable = await tablesWithoutDelete(db);
  const missing = [...WANTED].flatMap(([table, rights]) => {
    const had = columns.get(table) ?? new Map<string, string>();
    const parts = [...rights].flatMap(([privilege, wanted]): Part[] => {
      const lacking =
        privilege === 'DELETE'
          ? undeletable.has(table) && 'all'
          : lackingColumns(wanted, had, privilege.toLowerCase());
      return lacking === false ? [] : [{ privilege, columns: lacking }];
    });
    return parts.length === 0 ? [] : [{ table, parts }];
  });
  if (missing.length === 0) return [];
  const { account, database } = await whoAmI(db);
  return missing.map(({ table, parts }) => ({
    what: `${parts.map((part) => write(part, String)).join(', ')} on ${table}`,
    grant: `GRANT ${parts.map((part) => write(part, quoteName)).join(', ')} ON ${quoteName(database)}.${quoteName(table)} TO ${account}`,
  }));
}

/** Says what the account may do with each column it may see: by table, then by column, such as `select,insert`. */
async function readColumnRights(db: Db): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { rows } = await sql<{
    readonly table: string;
    readonly column: string;
    readonly privileges: string;
  }>`
    SELECT table_name AS \`table\`, column_name AS \`column\`, privileges AS privileges
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name IN (${sql.join([...WANTED.keys()])})
  `.execute(db);
  const tables = new Map<string, Map<string, string>>();
  for (const { table, column, privileges } of rows) {
    const columns = tables.get(table) ?? new Map<string, string>();
    tables.set(table, columns.set(column, privileges));
  }
  return tables;
}

/** Deletes nothing from all tables at once; the server still judges the rights. Only when it refuses, each is tried alone. */
async function tablesWithoutDelete(db: Db): Promise<ReadonlySet<string>> {
  if ((await tryToDelete(db, DELETABLE)) === undefined) return new Set();
  const refused = await Promise.all(
    DELETABLE.map(async (table) =>
      (await tryToDelete(db, [table])) === 'right-missing' ? table : [],
    ),
  );
  return new Set(refused.flat());
}

/** Returns why rows of these tables cannot be deleted; undefined when they can. */
async function tryToDelete(
  db: Db,
  tables: readonly string[],
): Promise<'right-missing' | 'table-missing' | undefined> {
  const names = tables.map((table) => sql.table(table));
  try {
    await sql`
      DELETE ${sql.join(names)} FROM ${sql.join(names, sql` JOIN `)} WHERE FALSE
    `.execute(db);
    return undefined;
  } catch (error) {
    const kind = databaseTrouble(error)?.kind;
    if (kind === 'right-missing' || kind === 'table-missing') return kind;
    throw error;
  }
}

/** The columns on which a privilege is missing; false when none is. */
function lackingColumns(
  wanted: Columns,
  had: ReadonlyMap<string, string>,
  privilege: string,
): Part['columns'] | false {
  const lacks = (column: string) => had.get(column)?.split(',').includes(privilege) !== true;
  if (wanted === 'all') return (had.size === 0 || [...had.keys()].some(lacks)) && 'all';
  const lacking = [...wanted].filter(lacks);
  return lacking.length > 0 && lacking;
}

function write({ privilege, columns }: Part, quote: (name: string) => string): string {
  return columns === 'all' ? privilege : `${privilege} (${columns.map(quote).join(', ')})`;
}

/** The account as the server matched it, quoted, and the database. */
async function whoAmI(db: Db): Promise<{ readonly account: string; readonly database: string }> {
  const { rows } = await sql<{ readonly account: string; readonly database: string }>`
    SELECT CURRENT_USER() AS account, DATABASE() AS \`database\`
  `.execute(db);
  const { account = '', database = '' } = rows[0] ?? {};
  const at = account.lastIndexOf('@');
  return { account: quoteAccount(account.slice(0, at), account.slice(at + 1)), database };
}
