import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerSources } from '../../../src/rules/engine/rule-sources.ts';

let root = '';
let working = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'creditbridge-sources-'));
  working = join(root, 'service', 'current');
  mkdirSync(working, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

function place(file: string, content: object | string): string {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** A package with its file of rules, and where Node imports it from. */
function packageIn(folder: string, manifest: object, file = 'lib/rules.js'): string {
  place(`${folder}/package.json`, { type: 'module', ...manifest });
  return pathToFileURL(place(`${folder}/${file}`, '')).href;
}

test.each([
  ['a text', './lib/rules.js'],
  ['an import condition', { import: './lib/rules.js' }],
  ['a nested condition', { '.': { import: { types: './r.d.ts', default: './lib/rules.js' } } }],
  ['a default', { '.': { types: './r.d.ts', default: './lib/rules.js' } }],
])('a package whose exports are %s is found by name and by folder', (what, exports) => {
  const name = what.replaceAll(' ', '-');
  const url = packageIn(`service/current/node_modules/${name}`, { name, exports });
  const folder = join('node_modules', name);
  expect(providerSources([name, folder], working)).toEqual([
    { label: name, url, name: 'rules' },
    { label: folder, url, name: 'rules' },
  ]);
});

test('a package may name its main file, stand above the working directory, and have a scope', () => {
  const url = packageIn('service/node_modules/@provider/rules', { main: 'lib/rules' });
  expect(providerSources(['@provider/rules'], working)).toEqual([
    { label: '@provider/rules', url, name: 'rules' },
  ]);
  expect(providerSources(['../node_modules/@provider/rules'], working)).toMatchObject([{ url }]);
});

test('a part that a package exports is found, another one is not', () => {
  const url = packageIn('service/node_modules/parts', {
    name: 'parts',
    exports: { './a': './lib/rules.js' },
  });
  expect(providerSources(['parts/a', 'parts/b'], working)).toEqual([
    { label: 'parts/a', url, name: 'rules' },
    { label: 'parts/b', name: 'b', problem: expect.stringContaining("'./b' is not defined") },
  ]);
});

test('a folder whose package.json names no file gives its rule files', () => {
  packageIn('plain', {}, 'one.mjs');
  place('plain/one.test.mjs', '');
  expect(providerSources(['../../plain'], working)).toMatchObject([{ name: 'one' }]);
});

test.each(['missing', './missing.ts', '/nowhere/missing.ts', '@provider/missing'])(
  '%s is neither a file nor a package',
  (entry) => {
    expect(providerSources([entry], working)).toMatchObject([
      { label: entry, problem: expect.stringContaining('neither a file or folder') },
    ]);
  },
);

test('a folder with exports and no name is told so', () => {
  packageIn('nameless', { exports: './lib/rules.js' });
  expect(providerSources(['../../nameless'], working)).toMatchObject([
    { problem: expect.stringContaining('has exports but no name') },
  ]);
});
