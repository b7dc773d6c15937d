import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingTests, namedTests, whyMissing } from '../support/named-tests.ts';

/** How many requirements of levels 1 and 2 each section of ASVS 5.0 has; they come first, without a gap. */
const SECTIONS: Readonly<Record<string, number>> = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '5.1': 1,
  '5.2': 3,
  '5.3': 2,
  '5.4': 3,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '12.1': 3,
  '12.2': 2,
  '12.3': 4,
  '13.1': 1,
  '13.2': 5,
  '13.3': 2,
  '13.4': 5,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '15.1': 3,
  '15.2': 3,
  '15.3': 7,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
};

const STATES = ['holds', 'in part', 'not met', 'WHMCS', 'web server', 'operator', 'not here'];

/** A row of the table: one requirement or several in a row, its state, and by what. */
const ROW = /^\| ([\d.]+)(?: – ([\d.]+))? \| [^|]+ \| ([^|]+) \| ([^|]*) \|$/gm;

const asvs = readFileSync('docs/asvs.md', 'utf8');
const rows = [...asvs.matchAll(ROW)].map(([, from = '', to = from, state = '', by = '']) => ({
  numbers: numbersFrom(from, to),
  state,
  by: by.trim(),
}));

function numbersFrom(from: string, to: string): readonly string[] {
  const section = from.slice(0, from.lastIndexOf('.'));
  const [first, last] = [from, to].map((number) => Number(number.slice(section.length + 1)));
  const count = (last ?? 0) - (first ?? 0) + 1;
  return Array.from({ length: count }, (_, index) => `${section}.${(first ?? 0) + index}`);
}

test('every test that docs/security.md and docs/asvs.md name exists', () => {
  expect(missingTests()).toEqual([]);
});

test('docs/asvs.md has each requirement of levels 1 and 2 once, but for OAuth and WebRTC', () => {
  const wanted = Object.entries(SECTIONS).flatMap(([section, count]) =>
    numbersFrom(`${section}.1`, `${section}.${count}`),
  );
  expect(rows.flatMap(({ numbers }) => numbers)).toEqual(wanted);
});

test('docs/asvs.md says of each requirement how it stands, and by what', () => {
  const unsaid = rows.filter(({ state, by }) => !STATES.includes(state) || by === '');
  expect(unsaid).toEqual([]);
});

test('a test that does not exist is found, by its file or its name', () => {
  const page =
    '`gone.test.ts` (x), `moment.test.ts` (x), `security-pages.test.ts`, `security-pages.test.ts` (a test that is not there; every test that docs…), `PageTest.php` (testNothing)';
  expect(namedTests(page).map(whyMissing)).toEqual([
    'gone.test.ts does not exist',
    expect.stringContaining('moment.test.ts may be '),
    'security-pages.test.ts is named without a test',
    'tests/unit/security-pages.test.ts has no test "a test that is not there"',
    undefined,
    'php-shim/tests/PageTest.php has no test "testNothing"',
  ]);
});
