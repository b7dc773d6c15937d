import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { createEngine } from '../../src/rules/engine/index.ts';
import { allShowingTests, rulesPage, showingTests } from '../support/rule-paths.ts';

const engine = await createEngine({ rules: [], timeoutMs: 1000 });
afterAll(() => engine.close());

test('docs/rules/README.md says what the tests show; `npm run lists` writes it', () => {
  expect(readFileSync('docs/rules/README.md', 'utf8')).toBe(
    rulesPage(engine.rules(), allShowingTests()),
  );
});

test('every built-in rule has a page and a test of the whole system that shows it', () => {
  const shown = new Set(allShowingTests().flatMap(({ rules }) => rules));
  const lacking = engine
    .rules()
    .filter(({ id }) => !shown.has(id) || !existsSync(`docs/rules/${id}.md`));
  expect(lacking.map(({ id }) => id)).toEqual([]);
});

test('no path that a built-in rule claims, and no situation, is open', () => {
  const open = rulesPage(engine.rules(), allShowingTests())
    .split('\n')
    .filter((line) => line.includes('| open |'));
  expect(open).toEqual([]);
});

const RULE = { id: 'cashback', title: 'Cashback', reach: { run: 'enforced', api: 'detected' } };

test('a path that a rule claims and no test shows is open, on each version by itself', () => {
  const shown = showingTests(
    'tests/e2e/one.test.ts',
    `test('it pays', shows('cashback', ['run', 'on'], ['8.x']), async () => {});
     test.each(['a'])(\n  'twice, "%s"',\n  { ...shows(['cashback'], ['second-delivery',], ['8.x', '9.x']), timeout: 9 },\n  async () => {});`,
  );
  const page = rulesPage([RULE], shown);
  expect(page).toContain(
    '| [Cashback](cashback.md) | 8.x | yes | – | – | – | – | open | yes | open | open | open | open | yes | open |\n' +
      '| [Cashback](cashback.md) | 9.x | open | – | – | – | – | open | open | open | open | open | open | yes | open |',
  );
  expect(page).toContain('- it pays ([one.test.ts](../../tests/e2e/one.test.ts)): run, on; 8.x\n');
});

test('what a test says in other words than those of the table, of another rule, or out of its place, is refused', () => {
  const read = (source: string) => showingTests('one.test.ts', source);
  expect(() => read("test('a', shows('cashback', ['walk'], ['8.x']), () => {});")).toThrow(
    'one.test.ts, "a": ',
  );
  expect(() => read("test('a', shows(RULE, ['run'], ['8.x']), () => {});")).toThrow(
    'one.test.ts, "a": ',
  );
  expect(() => read("const SHOWN = shows('cashback', ['run'], ['8.x']);")).toThrow(
    'elsewhere than right after a test',
  );
  expect(() =>
    rulesPage([RULE], read("test('a', shows('bonus', ['run'], ['8.x']), () => {});")),
  ).toThrow('there is no built-in rule bonus');
});
