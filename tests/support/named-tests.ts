import { globSync, readFileSync } from 'node:fs';

/** A page of the documents names a test: its file, and the name or its beginning. */
interface Named {
  readonly file: string;
  readonly name: string;
}

/** `file` (name; beginning of another…) */
const REFERENCE = /`([\w./-]+(?:\.test\.ts|Test\.php))`(?: \(([^()]*)\))?/g;
/** As the formatter writes them: the name is the first argument; a function, options or what it shows come next. */
const TEST = /\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1,\s*(?:async\b|\(|\{|shows\(|\w+ =>)/gs;
const PHP_TEST = /function (test\w+)\(/g;

const files = globSync(['tests/**/*.test.ts', 'php-shim/tests/*Test.php']).map((path) =>
  path.split('\\').join('/'),
);

/** The tests that a page names, in their order. A file without a name has an empty one. */
export function namedTests(page: string): readonly Named[] {
  return [...page.matchAll(REFERENCE)].flatMap(([, file = '', names = '']) =>
    names.split(';').map((name) => ({ file, name: name.trim() })),
  );
}

/** Every test that the pages about security name and that does not exist, in a sentence. */
export function missingTests(): readonly string[] {
  return ['docs/security.md', 'docs/asvs.md'].flatMap((path) =>
    namedTests(readFileSync(path, 'utf8')).flatMap((named) => {
      const why = whyMissing(named);
      return why === undefined ? [] : [`${path}: ${why}`];
    }),
  );
}

/** What is wrong with a named test, in a sentence; undefined when it exists. */
export function whyMissing({ file, name }: Named): string | undefined {
  const found = files.filter((path) => `/${path}`.endsWith(`/${file}`));
  const [path] = found;
  if (path === undefined) return `${file} does not exist`;
  if (found.length > 1) return `${file} may be ${found.join(' or ')}`;
  if (name === '') return `${file} is named without a test`;
  const isThere = testsIn(path).some((one) =>
    name.endsWith('…') ? one.startsWith(name.slice(0, -1)) : one === name,
  );
  return isThere ? undefined : `${path} has no test "${name}"`;
}

function testsIn(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.php')
    ? [...text.matchAll(PHP_TEST)].map(([, name = '']) => name)
    : [...text.matchAll(TEST)].map(([, , name = '']) => name.replaceAll(/\s+/g, ' '));
}
