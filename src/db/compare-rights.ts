import type { Rights, TableRights } from './parse-grants.ts';

export interface RightsDifference {
  /** Rights on single tables that nobody needs. */
  readonly excess: readonly string[];
  /** Rights on whole databases, which allow more than any right on a table. */
  readonly wide: readonly string[];
}

/** Says what an account may do beyond what it should; `missingRights` says what it lacks. */
export function compareRights(wanted: Rights, had: Rights): RightsDifference {
  return {
    excess: subtract(had, wanted).map(describe),
    wide: had.wide.map(({ scope, privileges }) => `${privileges.join(', ')} on ${scope}`),
  };
}

interface Part {
  readonly privilege: string;
  readonly table: string;
  readonly columns: readonly string[] | 'all';
}

/** The rights of the first that the second lacks. */
function subtract(first: Rights, second: Rights): Part[] {
  return [...first.tables].flatMap(([table, rights]) =>
    [...rights].flatMap(([privilege, columns]): Part[] => {
      const rest = withoutColumns(columns, second.tables.get(table)?.get(privilege));
      return rest === undefined ? [] : [{ privilege, table, columns: rest }];
    }),
  );
}

type Columns = TableRights extends ReadonlyMap<string, infer C> ? C : never;

function withoutColumns(columns: Columns, other: Columns | undefined): Part['columns'] | undefined {
  if (other === 'all') return undefined;
  if (columns === 'all') return 'all';
  const rest = [...columns].filter((column) => other?.has(column) !== true);
  return rest.length === 0 ? undefined : rest;
}

function describe({ privilege, table, columns }: Part): string {
  const where = table.slice(table.indexOf('.') + 1);
  return columns === 'all'
    ? `${privilege} on ${where}`
    : `${privilege} (${columns.join(', ')}) on ${where}`;
}
