/** Rights on one table: by privilege (`SELECT`), the columns it covers, or `all`. */
export type TableRights = ReadonlyMap<string, 'all' | ReadonlySet<string>>;

export interface Rights {
  /** By `database.table`. */
  readonly tables: ReadonlyMap<string, TableRights>;
  /** Rights on whole databases (`whmcs.*`) or on everything (`*.*`), as the server words them. */
  readonly wide: readonly { readonly scope: string; readonly privileges: readonly string[] }[];
}

const STATEMENT = /^GRANT (.+) ON (?:TABLE )?(\S+)\.(\S+) TO /;
/** A privilege and, in brackets, its columns. */
const PRIVILEGE = /([A-Z][A-Z ]*[A-Z])(?: ?\(([^)]*)\))?(?:, ?|$)/g;
/** May log in, and nothing else. */
const NOTHING = 'USAGE';

/**
 * Reads GRANT statements; ours and those of `SHOW GRANTS` have the same form. Skips roles: the server lists the rights of
 * active roles itself.
 */
export function parseGrants(statements: readonly string[]): Rights {
  const tables = new Map<string, Map<string, 'all' | Set<string>>>();
  const wide: { scope: string; privileges: string[] }[] = [];
  for (const statement of statements) {
    const [, privileges = '', database = '', table = ''] = STATEMENT.exec(statement) ?? [];
    if (privileges === '' || privileges === NOTHING) continue;
    const listed = [...privileges.matchAll(PRIVILEGE)];
    if (table === '*') {
      const scope = `${bareName(database)}.*`;
      wide.push({ scope, privileges: listed.map(([, name = '']) => name) });
      continue;
    }
    const key = `${bareName(database)}.${bareName(table)}`;
    const rights = tables.get(key) ?? new Map<string, 'all' | Set<string>>();
    tables.set(key, rights);
    for (const [, name = '', columns] of listed) {
      const before = rights.get(name);
      if (columns === undefined) rights.set(name, 'all');
      else if (before !== 'all') {
        rights.set(name, new Set([...(before ?? []), ...columns.split(',').map(bareName)]));
      }
    }
  }
  return { tables, wide };
}

/** Removes backticks around names, and backslashes before the wildcards of a database's name. */
function bareName(name: string): string {
  return name
    .trim()
    .replace(/^`(.*)`$/, '$1')
    .replaceAll('``', '`')
    .replaceAll('\\', '');
}
