import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemsOf } from '../support/house.ts';
import { entrances, rooms } from '../support/layout.ts';

const root = join(import.meta.dirname, '../..');

const check = (name: string) => problemsOf(join(root, 'tests/fixtures/house', name)).sort();

test('a circle of imports is named with its whole way, also inside one folder and of types alone', () => {
  expect(check('circle')).toEqual([
    'These files import each other in a circle: src/money/inner/three.ts → src/money/one.ts → src/money/two.ts → src/money/inner/three.ts',
  ]);
});

test('an import against the layout is refused: outwards, past the door of a room, or from a room nobody declared', () => {
  expect(check('wall')).toEqual([
    'src/cellar/wine.ts must not import src/db/index.ts: the room cellar is not in tests/support/layout.ts.',
    'src/ledger/entry.ts must not import src/db/index.ts: ledger may import base, money.',
    'src/pages/screen.ts must not import src/db/connect.ts: db is entered through its index.ts.',
  ]);
});

test('what goes into the package for rules enters the bridge and the ledger by their narrow doors, and the engine need not', () => {
  expect(check('narrow')).toEqual([
    'src/rules/words.ts must not import bridge/index.ts: what goes into the package for rules enters bridge by bridge/for-rules/index.ts.',
    'src/rules/words.ts must not import src/ledger/index.ts: what goes into the package for rules enters ledger by src/ledger/for-rules/index.ts.',
  ]);
});

test('a pure room imports no package that does input or output, and dinero.js stays behind the door of money', () => {
  expect(check('package')).toEqual([
    'src/ledger/entry.ts must not import kysely: src/ledger has no input or output; of packages it uses only zod.',
    'src/pages/amount.ts must not import dinero.js/bigint: only src/money uses dinero.js.',
  ]);
});

test('the id of a built-in rule outside of its file is refused, in code and in facts but not in comments', () => {
  expect(check('rule-id')).toEqual([
    'src/pages/words.ts:2 names the rule cashback; what concerns one rule is declared in its file.',
    'src/runs/facts.ts:1 names the rule cashback; what concerns one rule is declared in its file.',
  ]);
});

test('src/README.md tells of every room, and of no other', () => {
  const readme = readFileSync(join(root, 'src/README.md'), 'utf8');
  const table = readme.slice(readme.indexOf('## What is where'), readme.indexOf('## Where a new'));
  const told = [...table.matchAll(/^\| `([a-z]+)`/gm)].map(([, room]) => room).sort();
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map(({ name }) => name)
    .sort();
  expect(told).toEqual(folders);
  const outside = ['bridge', 'migrations'];
  expect([...Object.keys(rooms), ...entrances].sort()).toEqual([...folders, ...outside].sort());
});
