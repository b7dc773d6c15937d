import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { acts } from '../../../src/pages/acts/index.ts';
import { defineScreen, type Screen } from '../../../src/pages/define-screen.ts';
import { matchPath } from '../../../src/pages/match-path.ts';
import { menuOf } from '../../../src/pages/menu.ts';
import { screens } from '../../../src/pages/screens/index.ts';
import { rightsPage } from '../../support/rights-page.ts';

const filesOf = (folder: string, ending: RegExp) =>
  readdirSync(new URL(`../../../src/pages/${folder}`, import.meta.url))
    .filter((name) => ending.test(name) && name !== 'index.ts')
    .sort();

/** A page's address as the shim would send it. */
const exampleOf = (path: string) => path.replace(/:\w+/g, '12');

test('each file of a page is in the list, each page once', () => {
  expect(filesOf('screens', /(?<!\.sql)\.ts$/)).toHaveLength(screens.length);
  expect(new Set(screens).size).toBe(screens.length);
});

test('no address belongs to two pages', () => {
  for (const { path } of screens) {
    const those = screens.filter((one) => matchPath(one.path, exampleOf(path)) !== undefined);
    expect(those.map((one) => one.path)).toEqual([path]);
  }
});

test('each page has its own tab, or is shown under that of another page', () => {
  const withTab = new Set(screens.filter(({ tab }) => typeof tab !== 'string').map((s) => s.path));
  for (const { path, tab } of screens) {
    if (typeof tab === 'string') expect([path, withTab.has(tab)]).toEqual([path, true]);
    else expect(path).not.toContain(':');
  }
});

test('the menu is in the order of the list, by group, and shows pages with a tab of their own', () => {
  const screen = (path: string, tab: Screen['tab']) =>
    defineScreen({ path, tab, right: 'enter', show: () => undefined });
  const menu = menuOf([
    screen('apples', { group: 'Fruit', title: 'Apples' }),
    screen('apples/:id', 'apples'),
    screen('leeks', { group: 'Vegetables', title: 'Leeks' }),
    screen('pears', { group: 'Fruit', title: 'Pears' }),
  ]);
  expect(menu).toEqual([
    {
      title: 'Fruit',
      pages: [
        { page: 'apples', title: 'Apples' },
        { page: 'pears', title: 'Pears' },
      ],
    },
    { title: 'Vegetables', pages: [{ page: 'leeks', title: 'Leeks' }] },
  ]);
});

test('no title stands twice in the menu', () => {
  const titles = menuOf(screens).flatMap(({ pages }) => pages.map(({ title }) => title));
  expect(titles.length).toBeGreaterThan(5);
  expect(new Set(titles).size).toBe(titles.length);
});

test('each file of an act is in the list, and each act has a name of its own', () => {
  expect(filesOf('acts', /\.ts$/)).toHaveLength(acts.length);
  const names = acts.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('each act is posted to a page that is declared, and asks for more than to enter', () => {
  const paths = new Set(screens.map(({ path }) => path));
  for (const { name, page, right } of acts) {
    expect([name, paths.has(page)]).toEqual([name, true]);
    expect([name, [right].flat()]).not.toEqual([name, expect.arrayContaining(['enter'])]);
  }
});

test('a word in an address says the same, whichever act put it there', () => {
  const said = new Map<string, string>([['repeated', '']]);
  for (const [word, { text }] of acts.flatMap(({ says }) => Object.entries(says))) {
    expect([word, said.get(word) ?? text]).toEqual([word, text]);
    expect(word).toMatch(/^[a-z-]+$/);
    said.set(word, text);
  }
});

test('a path matches whole addresses only, and names its parts', () => {
  expect(matchPath('client/:id/:kind', 'client/7/add')).toEqual({ id: '7', kind: 'add' });
  expect(matchPath('client/:id', 'client/7/add')).toBeUndefined();
  expect(matchPath('client/:id', 'client/')).toBeUndefined();
  expect(matchPath('clients', 'client')).toBeUndefined();
});

test('docs/rights.md lists every page and act with its right; `npm run lists` writes it', () => {
  expect(readFileSync('docs/rights.md', 'utf8')).toBe(rightsPage());
});
