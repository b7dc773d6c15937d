import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type EntryKind,
  entryKinds,
  entryWords,
  grantKinds,
  grantWords,
} from '../../../src/ledger/index.ts';

const ROOT = join(import.meta.dirname, '../../..');
const DICTIONARY = ['src/ledger/words/entry-words.ts', 'src/ledger/words/grant-words.ts'];
const kinds = Object.keys(entryKinds) as EntryKind[];

/** Two kinds may share a file for another reason, such as what a rule asks for; three are a table. */
const ENTRIES_OF_A_TABLE = 3;

/** Kinds that a source gives words to: properties named like a kind whose value holds a text with a blank or a capital. */
function kindsWithWords(source: string): ReadonlySet<string> {
  const names = new Set<string>([...kinds, ...grantKinds]);
  const found = source.matchAll(
    /^\s+'?([a-z-]+)'?:\s*(?:\([^)]*\)\s*=>\s*)?(?:html)?(['"`])(?=[^'"`]*[ A-Z])/gm,
  );
  return new Set([...found].map(([, name = '']) => name).filter((name) => names.has(name)));
}

describe('the dictionary of kinds', () => {
  test.each(kinds)('has a name, a line and a sentence for the entry kind %s', (kind) => {
    const { name, line, sentence } = entryWords[kind];
    expect(name).toMatch(/^[A-Z].*[a-z]$/);
    for (const came of [true, false]) {
      for (const invoice of ['', 'invoice #812']) {
        const facts = { invoice, came, act: 'grant', byUs: false, byStaff: false } as const;
        expect(line(facts)).toMatch(/^[A-Za-z].*\S$/);
        expect(sentence(facts)).toMatch(/^(was|came|went|expired)( .*[a-z0-9])?$/);
      }
    }
  });

  test.each(grantKinds)('has words for admins, clients, sentences and logs for %s', (kind) => {
    const { forAdmins, forClients, inSentence, inLog } = grantWords[kind];
    for (const words of [forAdmins, forClients, inLog]) expect(words).toMatch(/^[A-Z].*[a-z]$/);
    expect(inSentence).toMatch(/^[a-z].*[a-z]$/i);
    expect(inSentence).toContain('credit');
  });

  test('no two kinds read alike', () => {
    const names = kinds.map((kind) => entryWords[kind].name);
    expect(new Set(names).size).toBe(names.length);
    for (const where of ['forAdmins', 'forClients', 'inSentence', 'inLog'] as const) {
      const words = grantKinds.map((kind) => grantWords[kind][where]);
      expect(new Set(words).size).toBe(words.length);
    }
  });

  test('is the only one: no other source has a table of words keyed by kinds', () => {
    const second = globSync('src/**/*.ts', { cwd: ROOT })
      .filter((path) => !DICTIONARY.includes(path))
      .filter((path) => {
        const found = kindsWithWords(readFileSync(join(ROOT, path), 'utf8'));
        return found.size >= ENTRIES_OF_A_TABLE;
      });
    expect(second).toEqual([]);
  });

  test('a second table would be found, whatever its values are, and a table of accounts is none', () => {
    const texts = `{\n  paid: 'Paid in',\n  'claw-back': 'A bonus taken back',\n  refund: 'Refund',\n}`;
    expect(kindsWithWords(texts).size).toBe(3);
    const functions =
      '{\n  deposit: (entry, invoice) => html`Deposit paid`,\n  merge: () => `was merged`,\n  expiry: () => "Gone",\n}';
    expect(kindsWithWords(functions).size).toBe(3);
    expect(kindsWithWords(readFileSync(join(ROOT, 'src/ledger/kinds.ts'), 'utf8')).size).toBe(0);
  });
});
