import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whmcsDay } from '../support/whmcs-day.ts';

const root = join(import.meta.dirname, '../..');

/** UTC's date of this moment, by the test database or by Node. */
const UTC_TODAY =
  /CURDATE\(\)|CURRENT_DATE|new Date\((?:Date\.now\(\)[^)]*)?\)\s*\.toISOString\(\)\s*\.slice\(0, 10\)/;

/** Where UTC's date is meant, and why. */
const MEANT: ReadonlySet<string> = new Set([
  // The shim writes the day on which a database was seen in UTC.
  'tests/support/service-database.ts',
  'tests/unit/whmcs-day.test.ts',
]);

test('today is WHMCS’s, which for an hour or two of each night is not UTC’s', () => {
  expect(whmcsDay(0, new Date('2026-11-22T22:59:59Z'))).toBe('2026-11-22');
  expect(whmcsDay(0, new Date('2026-11-22T23:00:00Z'))).toBe('2026-11-23');
  expect(whmcsDay(-2, new Date('2026-07-01T22:30:00Z'))).toBe('2026-06-30');
});

test('no test takes UTC’s date for WHMCS’s: it would fail at night', () => {
  const files = globSync('tests/{integration,e2e,unit,properties,support,demo}/**/*.ts', {
    cwd: root,
  });
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) => UTC_TODAY.test(readFileSync(join(root, file), 'utf8')));
  expect(new Set(found)).toEqual(MEANT);
});
