import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * A statement that looks for a JSON text, or cuts a value out of a fact. What a running command witnessed may be read by its key: its
 * row is found otherwise, and there are few.
 */
const BY_TEXT =
  /(=|<>|LIKE|IN \(|CONCAT\()\s*'\{ ?"|JSON_(EXTRACT|VALUE|SEARCH)\((?!k\.witnesses,)|SUBSTR(ING)?\(\w*\.?(fact|live_fact|requires_fact)\b/i;

test('no statement of the service finds rows by the text of stored JSON or by a part of a fact', () => {
  const files = globSync('src/**/*.ts', { cwd: ROOT });
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => BY_TEXT.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test.each([
  `e.act = '{"do":"return"}'`,
  `act <> '{"do":"history"}'`,
  `t.act LIKE '{"do":"correct"%'`,
  `b.act = CONCAT('{"do":"take-back","returns":"', e.sequence, '"}')`,
  `JSON_EXTRACT(a.operation, '$.undoes')`,
  'SUBSTRING(o.fact, 11, 36)',
])('finds such a statement: %s', (text) => expect(BY_TEXT.test(text)).toBe(true));

test.each([
  "e.does = 'return'",
  "JSON.stringify({ kind: 'a' })",
  'k.fact = a.fact',
  "JSON_EXTRACT(k.witnesses, '$.balance')",
])('is content with %s', (text) => expect(BY_TEXT.test(text)).toBe(false));
