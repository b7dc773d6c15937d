import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const TABLES = ['mod_creditbridge_commands', 'mod_creditbridge_command_terms'];

/** Whether the text inserts into one of the tables: by a statement, Kysely or `insertRows`. */
function inserts(text: string): boolean {
  return TABLES.some((table) =>
    new RegExp(
      `(INSERT|REPLACE)\\s+(IGNORE\\s+)?(INTO\\s+)?\`?${table}\\b` +
        `|(insertInto|replaceInto)\\(\\s*['"\`]${table}\\b` +
        `|insertRows\\([^;]*?['"\`]${table}\\b`,
      'i',
    ).test(text),
  );
}

test('one file of the service inserts commands and their terms', () => {
  const files = globSync('src/**/*.ts', { cwd: `${import.meta.dirname}/../../..` });
  expect(files.length).toBeGreaterThan(300);
  const writers = files.filter((file) =>
    inserts(readFileSync(`${import.meta.dirname}/../../../${file}`, 'utf8')),
  );
  expect(writers).toEqual(['src/commands/write-commands.ts']);
});

test.each([
  "insertRows(trx, 'mod_creditbridge_commands', COLUMNS, rows)",
  "insertRows(\n  trx,\n  'mod_creditbridge_command_terms',\n  COLUMNS,\n  rows,\n)",
  "trx.insertInto('mod_creditbridge_commands')",
  "trx\n  .insertInto(\n'mod_creditbridge_command_terms')",
  'INSERT INTO mod_creditbridge_commands (id) VALUES (1)',
  'insert ignore into `mod_creditbridge_command_terms` (command_id) SELECT 1',
  "REPLACE INTO mod_creditbridge_commands SET id = 'x'",
])('finds a second writer: %j', (text) => expect(inserts(text)).toBe(true));

test.each([
  'SELECT 1 FROM mod_creditbridge_commands',
  "insertRows(trx, 'mod_creditbridge_decisions', COLUMNS, rows); trx.selectFrom('mod_creditbridge_commands')",
])('a reader is no writer: %j', (text) => expect(inserts(text)).toBe(false));
