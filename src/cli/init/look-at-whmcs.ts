import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions, grantStatements, parseGrants } from '../../db/index.ts';

/** What a first look at the database of WHMCS finds. */
export interface WhmcsDatabase {
  /** Such as `MariaDB 10.11.6, utf8mb4`. */
  readonly server: string;
  /** WHMCS's tables that the service reads and that this account sees. */
  readonly found: number;
  readonly missing: readonly string[];
  /** Before the name of a table of clients that is not where WHMCS has it; undefined when there is none. */
  readonly otherPrefix: string | undefined;
  /** Whether all tables of WHMCS are there. */
  readonly isWhole: boolean;
  /** Whether the addon was activated there. */
  readonly isActivated: boolean;
}

/** All tables of WHMCS begin so (whmcs.md §5). */
export const PREFIX = 'tbl';

/** WHMCS's tables that the service reads. */
const TABLES = [...parseGrants(grantStatements({ user: '', host: '', database: '' })).tables.keys()]
  .map((key) => key.slice(1))
  .filter((name) => name.startsWith(PREFIX));

/**
 * Connects with this account and looks around. Changes nothing.
 *
 * @throws the driver's error when the server does not answer or does not let the account in.
 */
export async function lookAtWhmcs(databaseUrl: string): Promise<WhmcsDatabase> {
  const connection = await createConnection(connectionOptions(databaseUrl, 1));
  try {
    const [[server]] = await connection.query<RowDataPacket[]>(
      'SELECT VERSION() AS version, @@character_set_database AS charset',
    );
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    const names = new Set(rows.map(({ name }) => String(name)));
    const missing = TABLES.filter((name) => !names.has(name));
    const product = /mariadb/i.test(server?.['version']) ? 'MariaDB' : 'MySQL';
    return {
      server: `${product} ${server?.['version']}, ${server?.['charset']}`,
      found: TABLES.length - missing.length,
      missing,
      isWhole: missing.length === 0,
      otherPrefix: otherPrefix(names),
      isActivated: names.has('mod_creditbridge_settings'),
    };
  } finally {
    connection.destroy();
  }
}

function otherPrefix(names: ReadonlySet<string>): string | undefined {
  const prefixes = [...names].flatMap((name) =>
    name.endsWith('clients') ? name.slice(0, -'clients'.length) : [],
  );
  return prefixes.find((prefix) => prefix !== PREFIX && names.has(`${prefix}invoiceitems`));
}
