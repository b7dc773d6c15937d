import { globSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Path } from '../../src/rules/index.ts';

const PATHS = ['run', 'checkout', 'client-form', 'mass-payment', 'admin', 'api'] as const;
/** What every rule has to show, besides the paths it claims. */
const SITUATIONS = [
  'on',
  'off',
  'observe',
  'previewed',
  'frozen',
  'second-delivery',
  'competing',
] as const;
const VERSIONS = ['8.x', '9.x'] as const;

type Situation = (typeof SITUATIONS)[number];
type Version = (typeof VERSIONS)[number];

interface Shown {
  readonly rules: readonly string[];
  readonly what: readonly (Path | Situation)[];
  readonly versions: readonly Version[];
}

declare module 'vitest' {
  interface TaskMeta {
    shows?: Shown;
  }
}

/**
 * Says which rule a test shows end to end, on which paths, in which situations and on which versions of WHMCS. Stands as the
 * second argument of `test`, or spread in it. `npm run lists` reads it from the source to write docs/rules/README.md, so all of it
 * is literal.
 */
export function shows(
  rule: string | readonly string[],
  what: readonly (Path | Situation)[],
  versions: readonly Version[],
): { readonly meta: { readonly shows: Shown } } {
  return { meta: { shows: { rules: [rule].flat(), what, versions } } };
}

/** A rule as its table needs it. */
export interface ListedRule {
  readonly id: string;
  readonly title: string;
  readonly reach: Readonly<Partial<Record<Path, string>>>;
}

/** A test that shows something of a rule. */
export interface ShowingTest extends Shown {
  readonly file: string;
  readonly name: string;
}

/** As the formatter writes it. */
const SHOWING_TEST = /\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1,\s*(?:\{\s*\.\.\.)?shows\(([^()]*)\)/gs;
const CALL = /(?<!function )\bshows\(/g;

const written = z.tuple([
  z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  z.array(z.enum([...PATHS, ...SITUATIONS])).min(1),
  z.array(z.enum(VERSIONS)).min(1),
]);

/** @throws {TypeError} for a file that says `shows` where it is not found, or not in literals. */
export function showingTests(file: string, source: string): readonly ShowingTest[] {
  const found = [...source.matchAll(SHOWING_TEST)];
  if (found.length !== [...source.matchAll(CALL)].length) {
    throw new TypeError(
      `${file} says shows(…) elsewhere than right after a test's name; write test('name', shows('rule', ['run'], ['8.x']), …).`,
    );
  }
  return found.map(([, , name = '', said = '']) => {
    const read = written.safeParse(asArray(said));
    if (!read.success) {
      throw new TypeError(`${file}, "${name}": ${z.prettifyError(read.error)}`);
    }
    const [rules, what, versions] = read.data;
    return { file, name: name.replaceAll(/\\(.)/g, '$1'), rules, what, versions };
  });
}

function asArray(literals: string): unknown {
  const json = literals
    .replaceAll("'", '"')
    .replaceAll(/,\s*\]/g, ']')
    .replace(/,\s*$/, '');
  try {
    return JSON.parse(`[${json}]`);
  } catch {
    return literals;
  }
}

/** Every test of the whole system that says what it shows, by file. */
export function allShowingTests(): readonly ShowingTest[] {
  return globSync(['tests/{integration,e2e}/**/*.test.ts'])
    .toSorted()
    .flatMap((file) => showingTests(file, readFileSync(file, 'utf8')));
}

/**
 * The page with each built-in rule, what it claims and which tests show it.
 *
 * @throws {TypeError} when a test names a rule that does not exist
 */
export function rulesPage(rules: readonly ListedRule[], tests: readonly ShowingTest[]): string {
  const ids = new Set(rules.map(({ id }) => id));
  for (const { file, name, rules: named } of tests) {
    const unknown = named.find((id) => !ids.has(id));
    if (unknown !== undefined) {
      throw new TypeError(`${file}, "${name}": there is no built-in rule ${unknown}.`);
    }
  }
  const columns = [...PATHS, ...SITUATIONS];
  const testsOf = (id: string) => tests.filter((one) => one.rules.includes(id));
  return `# The built-in rules

Which test shows what of each rule in the whole system: our shim in a stand-in WHMCS, the service, a database. \`npm run lists\` writes this page
from what the tests say; \`npm test\` fails when it is out of date or a rule has no such test.

**yes**: a test shows it. **–**: the rule claims nothing on this path. **open**: the rule claims it, or every rule should show it, and no
test does yet. What each path means for a rule stands on its page. Most rules' own tests meet 8.x in \`npm test\` and 9.x in
\`npm run torture -- --versions 9.0\`; [rules-tried.test.ts](../../tests/integration/rules-tried.test.ts) meets every rule on both.

| rule | WHMCS | ${columns.join(' | ')} |
| --- | --- | ${columns.map(() => '---').join(' | ')} |
${rules.flatMap((rule) => VERSIONS.map((version) => line(rule, version, testsOf(rule.id)))).join('\n')}
${rules.map((rule) => section(rule, testsOf(rule.id))).join('')}`;
}

function line(rule: ListedRule, version: Version, tests: readonly ShowingTest[]): string {
  const shown = new Set(
    tests.filter(({ versions }) => versions.includes(version)).flatMap(({ what }) => what),
  );
  const cells = [
    ...PATHS.map((path) => {
      if (rule.reach[path] === undefined) return '–';
      return shown.has(path) ? 'yes' : 'open';
    }),
    ...SITUATIONS.map((situation) => (shown.has(situation) ? 'yes' : 'open')),
  ];
  return `| [${rule.title}](${rule.id}.md) | ${version} | ${cells.join(' | ')} |`;
}

function section({ id, title }: ListedRule, tests: readonly ShowingTest[]): string {
  const lines = tests.map(
    ({ file, name, what, versions }) =>
      `- ${name.replaceAll(/[|<>*_]/g, '\\$&')} ([${file.slice(file.lastIndexOf('/') + 1)}](../../${file})): ${what.join(', ')}; ${versions.join(' and ')}`,
  );
  return `\n## ${title}\n\n\`${id}\`: [how it works](${id}.md).\n\n${lines.join('\n')}\n`;
}
