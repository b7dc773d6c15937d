import { expect, test } from 'vitest';
import { compareRights } from '../../src/db/compare-rights.ts';
import { parseGrants } from '../../src/db/parse-grants.ts';
import { grantStatements } from '../../src/db/rights.ts';

const database = 'whmcs_1';
const wanted = parseGrants(grantStatements({ user: 'cb', host: 'localhost', database }));

/** As `SHOW GRANTS` words it: a line for logging in, names and columns in backticks, columns in any order. */
function shown(statements: readonly string[]): string[] {
  return ["GRANT USAGE ON *.* TO `cb`@`localhost` IDENTIFIED BY PASSWORD '*0'", ...statements];
}

test('the printed statements, read back, differ in nothing', () => {
  const had = parseGrants(shown(grantStatements({ user: 'cb', host: 'localhost', database })));
  expect(compareRights(wanted, had)).toEqual({ excess: [], wide: [] });
});

test('a right too many is named, on a column, a table or in another form', () => {
  const had = parseGrants([
    ...grantStatements({ user: 'cb', host: 'localhost', database }),
    'GRANT SELECT (`password`), UPDATE (`credit`) ON `whmcs_1`.`tblclients` TO `cb`@`localhost`',
    'GRANT SELECT ON `whmcs_1`.`tbladmins` TO `cb`@`localhost`',
  ]);
  expect(compareRights(wanted, had).excess).toEqual([
    'SELECT (password) on tblclients',
    'UPDATE (credit) on tblclients',
    'SELECT on tbladmins',
  ]);
});

test('rights on the whole database are told', () => {
  const had = parseGrants(
    shown(['GRANT ALL PRIVILEGES ON `whmcs\\_1`.* TO `cb`@`localhost` WITH GRANT OPTION']),
  );
  expect(compareRights(wanted, had)).toEqual({
    excess: [],
    wide: ['ALL PRIVILEGES on whmcs_1.*'],
  });
});
