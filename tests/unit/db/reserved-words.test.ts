import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** Words that MySQL 8.0 to 9.7 reserves and MariaDB does not, as the names that a statement gives to what it reads. */
const RESERVED =
  /\bAS (cube|cume_dist|dense_rank|empty|external|first_value|function|generated|get|grouping|groups|json_table|lag|last_value|lateral|lead|library|manual|nth_value|ntile|of|optimizer_costs|percent_rank|qualify|rank|row|row_number|stored|system|tablesample|virtual)\b(?!\()/;

test('no statement of ours gives a name that MySQL reserves and MariaDB does not', () => {
  const files = globSync(
    ['{src,migrations,bridge,tests}/**/*.{ts,sql}', '{php-shim,tests}/**/*.php'],
    { cwd: ROOT },
  ).filter((file) => !file.endsWith('reserved-words.test.ts'));
  expect(files.length).toBeGreaterThan(600);
  expect(files.filter((file) => RESERVED.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test.each(['SELECT COUNT(*) AS empty FROM t', 'SELECT a AS lead,'])(
  'finds such a name: %s',
  (text) => expect(RESERVED.test(text)).toBe(true),
);

test.each(['SELECT a AS `rank`', 'SELECT a AS ranks'])('is content with %s', (text) =>
  expect(RESERVED.test(text)).toBe(false),
);
