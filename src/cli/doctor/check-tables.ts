import { describeObstacle, type StorageState } from '../../app/index.ts';
import type { Check } from './check.ts';
import type { TableFacts } from './read-database.ts';

/** The tables of WHMCS that rules read, with their columns and engines. */
export function checkWhmcsTables(tables: readonly TableFacts[]): readonly Check[] {
  const unreadable = tables.filter((table) => table.problem !== undefined);
  const other = tables.filter(({ engine }) => engine !== undefined && engine !== 'InnoDB');
  return [
    unreadable.length === 0
      ? {
          name: 'WHMCS tables',
          level: 'good',
          says: `${tables.length} tables with all columns are there.`,
        }
      : {
          name: 'WHMCS tables',
          level: 'bad',
          says: unreadable.map(({ name, problem }) => `${name}: ${problem}`).join('; '),
          remedy:
            'Check that CREDITBRIDGE_DATABASE_URL names the database of WHMCS, and run the statements of `creditbridge grants`. A column that this WHMCS does not have makes it an unsupported version.',
        },
    other.length === 0
      ? { name: 'Engines', level: 'good', says: 'Everything is InnoDB.' }
      : {
          name: 'Engines',
          level: 'bad',
          says: `Without transactions: ${other.map(({ name, engine }) => `${name} (${engine})`).join(', ')}.`,
          remedy: 'After a backup: ALTER TABLE … ENGINE=InnoDB.',
        },
  ];
}

/** Our own tables and those the shim makes. */
export function checkOwnTables(state: StorageState): Check {
  const obstacle = describeObstacle(state);
  return obstacle === undefined
    ? { name: 'Own tables', level: 'good', says: 'Addon activated, migrations current.' }
    : { name: 'Own tables', level: 'bad', says: obstacle };
}
