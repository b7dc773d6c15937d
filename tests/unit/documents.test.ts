import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, documentPages, entryOf, shownBlocks } from '../support/document-blocks.ts';

const pages = documentPages();
const read = (page: string) => readFileSync(page, 'utf8');
const withoutBlocks = (page: string) => read(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');

test('each block of commands in the documents is run by a test, or the table says why none can', () => {
  const blocks = pages.flatMap(blocksOf);
  expect(blocks.length).toBeGreaterThan(30);
  for (const block of blocks) {
    const entry = entryOf(block);
    expect([block.page, block.commands[0], entry !== undefined]).toEqual([
      block.page,
      block.commands[0],
      true,
    ]);
    const shown = entry?.[1] ?? { not: '' };
    if ('runBy' in shown) expect(read(shown.runBy)).toContain(block.page);
  }
  const used = new Set(blocks.map((block) => `${block.page}: ${entryOf(block)?.[0]}`));
  const listed = Object.entries(shownBlocks).flatMap(([page, entries]) =>
    Object.keys(entries).map((begins) => `${page}: ${begins}`),
  );
  expect(listed.filter((one) => !used.has(one))).toEqual([]);
});

test('each block names its language, so that no command hides in a drawing', () => {
  for (const page of pages) {
    const opened = [...read(page).matchAll(/^ *```(\w*)\n[\s\S]*?^ *```$/gm)];
    for (const [text, language] of opened)
      expect([page, text, language]).not.toEqual([page, text, '']);
  }
});

test('each npm script that a page runs exists, and each test that it names', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const page of pages) {
    for (const [, script = ''] of read(page).matchAll(/\bnpm run ([\w-]+)/g)) {
      expect([page, script, script in scripts]).toEqual([page, script, true]);
    }
    for (const [, path = ''] of read(page).matchAll(/npm run vitest -- .*?(tests\/[\w./-]+)/g)) {
      expect([page, path, existsSync(path)]).toEqual([page, path, true]);
    }
  }
});

test('each option of bench and torture that a page names is one that they explain', () => {
  for (const page of pages) {
    for (const [, script = '', rest = ''] of read(page).matchAll(
      /npm run (bench|torture) -- ([^#\n`]+)/g,
    )) {
      const explained = read(`tests/${script}/${script}.ts`);
      for (const [option] of rest.matchAll(/--[\w-]+/g)) {
        expect([page, script, option, explained.includes(option)]).toEqual([
          page,
          script,
          option,
          true,
        ]);
      }
    }
  }
});

test('each link between pages leads to a file, and to a heading that is there', () => {
  for (const page of pages) {
    for (const [, to = ''] of withoutBlocks(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', heading] = to.split('#');
      const path = file === '' ? page : join(dirname(page), file);
      expect([page, to, existsSync(path)]).toEqual([page, to, true]);
      if (heading === undefined) continue;
      expect([page, to, anchorsOf(path).includes(heading)]).toEqual([page, to, true]);
    }
  }
});

test('the start page leads to every page of the documents, and the README to the start page', () => {
  expect(read('README.md')).toContain('](docs/README.md)');
  const start = read('docs/README.md');
  for (const role of ['run the servers', 'admin area', 'write rules', 'write programs', 'change']) {
    expect(start).toMatch(new RegExp(`^## I .*${role}`, 'm'));
  }
  for (const page of pages.filter((one) => /^docs\/([\w-]+|monitoring\/README)\.md$/.test(one))) {
    if (page === 'docs/README.md') continue;
    expect(start).toContain(`](${page.slice('docs/'.length)})`);
  }
});

test('the README installs with commands of the operators’ steps', () => {
  const block = blocksOf('README.md').find(({ commands }) => commands[0]?.startsWith('unzip'));
  expect(block?.commands.length).toBeLessThanOrEqual(5);
  const operators = read('docs/operators.md');
  for (const command of block?.commands ?? []) {
    // The page has a table of the command's own parts.
    const told = command.replace('[0-9]*', '<version>').replace(/^creditbridge (?=\w+$)/, '`');
    expect(operators).toContain(told);
  }
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  return [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
