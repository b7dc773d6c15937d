import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../../src/rules/built-in/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
/** Rules that only limit give nothing. */
const files = readdirSync(folder).filter((name) => /^ {2}decide\b/m.test(read(name)));

/** Proposals that make credit, or give it another kind than it had. */
const GIVES = /propose\.(?:grant|forgive)\(|propose\.return\(\{[^}]*\bas:(?! null)/;
const SAYS_NOTHING = /givesAtMost: \(\) => \(\{\}\)/;

test.each(files)(
  '%s says how much it gives at most, and not nothing if it proposes credit',
  (name) => {
    const source = read(name);
    expect(source).toMatch(/\bgivesAtMost\b/);
    if (GIVES.test(source)) expect(source).not.toMatch(SAYS_NOTHING);
  },
);

test('a rule that gives credit is known by its proposals', () => {
  expect(files.filter((name) => GIVES.test(read(name)))).toContain('deposit-bonus.ts');
  expect("propose.return({ invoiceId: 1, as: 'promotional' })").toMatch(GIVES);
  expect('propose.return({ invoiceId: 1, as: null })').not.toMatch(GIVES);
});
