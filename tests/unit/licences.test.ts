import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { licencesPage, shippedPackages } from '../support/licences.ts';

/** Licences that ask for nothing but their own text. */
const PERMISSIVE = ['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', '0BSD'];

const shipped = shippedPackages(readFileSync('package-lock.json', 'utf8'));

test('docs/licences.md lists what ships; `npm run lists` writes it', () => {
  expect(readFileSync('docs/licences.md', 'utf8')).toBe(licencesPage(shipped));
});

test('nothing ships under a licence that asks for more than its own text', () => {
  expect(shipped.length).toBeGreaterThan(50);
  expect(shipped.filter(({ licence }) => !PERMISSIVE.includes(licence))).toEqual([]);
});

test('a package under GPL, or without a licence, is found, and one for tests only is not listed', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0', license: 'GPL-3.0' },
      'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
      'node_modules/c': { version: '3.0.0', license: 'MIT', dev: true },
    },
  };
  expect(shippedPackages(JSON.stringify(lock))).toEqual([
    { name: '@scope/b', version: '2.0.0', licence: '' },
    { name: 'a', version: '1.0.0', licence: 'GPL-3.0' },
  ]);
});
