import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { effects } from '../../../src/rules/effects/index.ts';
import { copySource } from '../../support/copy-source.ts';
import { removeFolder, runProcess } from '../../support/processes.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const kinds = effects.map((home) => home.schema.shape.kind.value);

describe('the list of effects', () => {
  it('names every file of the folder, each of which holds the kind it is called after', () => {
    const files = readdirSync(join(root, 'src/rules/effects'))
      .filter((name) => name !== 'index.ts')
      .map((name) => name.replace(/\.ts$/, ''));
    expect([...kinds].sort()).toEqual(files.sort());
  });

  it('serves cancellations before credit, and mails after what they tell of', () => {
    expect(kinds).toEqual([
      'cancel',
      'return',
      'park',
      'reserve',
      'apply',
      'forgive',
      'remove',
      'grant',
      'release',
      'freeze',
      'mail',
      'notify',
    ]);
  });

  const docs = read('docs/writing-rules.md');
  const testsOf = (about: string) =>
    readdirSync(join(root, 'tests/unit/rules'))
      .filter((name) => name.startsWith(about))
      .map((name) => read(`tests/unit/rules/${name}`))
      .join('\n');
  const tests = ['settle', 'explain'].map(testsOf);

  it.each(effects.map((home) => [home.schema.shape.kind.value, home] as const))(
    '%s has its words, its line of documentation and its tests',
    (kind, { words }) => {
      expect([words.name, words.verb, words.participle]).not.toContain('');
      expect(docs).toContain(`\`propose.${kind}\``);
      for (const test of tests) expect(test).toContain(`propose.${kind}(`);
    },
  );
});

describe('a new effect', () => {
  const folder = copySource();
  afterAll(() => removeFolder(folder));

  // The compiler reads the whole service, which takes a minute on a busy machine.
  it('is one file and one line, also with an action of its own: then it compiles, is proposed, limited, told and asked of WHMCS', {
    timeout: 240_000,
  }, async () => {
    const own = 'tests/fixtures/new-effect';
    writeFileSync(
      join(folder, 'src/rules/effects/charge.ts'),
      read(`${own}/charge.ts`).replaceAll('../../../src/rules/', '../'),
    );
    const list = read('src/rules/effects/index.ts');
    writeFileSync(
      join(folder, 'src/rules/effects/index.ts'),
      `import { charge } from './charge.ts';\n${list.replace(/\[\s*cancel,/, '[cancel, charge,')}`,
    );
    writeFileSync(join(folder, 'story.ts'), read(`${own}/story.ts.txt`));
    writeFileSync(
      join(folder, 'tsconfig.story.json'),
      JSON.stringify({ extends: './tsconfig.json', include: ['src', 'bridge', 'story.ts'] }),
    );

    await runProcess({
      command: join(root, 'node_modules/.bin/tsc'),
      args: ['-p', 'tsconfig.story.json'],
      cwd: folder,
    });
    const story = await runProcess({ command: process.execPath, args: ['story.ts'], cwd: folder });
    const call = {
      action: 'ChargeInvoice',
      parameters: { invoiceid: 9 },
      words: 'Charge invoice',
    };
    expect(JSON.parse(String(story.stdout()))).toEqual([
      { outcome: 'effect', told: 'Credit Bridge decided to charge invoice #9.', call },
      { outcome: 'observed', told: 'Credit Bridge would have charged invoice #9.' },
      { outcome: 'skipped', told: 'Credit Bridge did nothing for invoice #9.' },
    ]);
  });
});
