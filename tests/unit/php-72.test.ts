import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newerThanPhp72 } from '../support/php-72.ts';

const root = join(import.meta.dirname, '../..');
const shim = globSync('php-shim/modules/**/*.php', { cwd: root }).sort();
const tooNew = globSync('tests/fixtures/php-too-new/*.php', { cwd: root }).sort();
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('every file of the shim runs on PHP 7.2', () => {
  test('the shim is found', () => {
    expect(shim.length).toBeGreaterThan(0);
  });

  test.each(shim)('%s', (path) => {
    expect(newerThanPhp72(read(path))).toEqual([]);
  });
});

describe('code that is too new for PHP 7.2 is refused', () => {
  test.each(tooNew)('%s', (path) => {
    const expected = /^\/\/ expects: (.+)$/m.exec(read(path))?.[1];
    expect(expected).toBeDefined();
    expect(newerThanPhp72(read(path)).join('\n')).toContain(expected);
  });
});

test('a newer function may be used where the code asks whether it is there', () => {
  const use = 'return hrtime(true);';
  expect(newerThanPhp72(`<?php function now() { ${use} }`)).toHaveLength(1);
  expect(
    newerThanPhp72(`<?php function now() { if (\\function_exists('hrtime')) { ${use} } }`),
  ).toEqual([]);
});

test('what looks new and is not is accepted', () => {
  const code = `<?php
    namespace CreditBridge;
    final class Clock {
      private const ZONE = 'UTC';
      public function now(?string $zone = null, iterable $more = []): ?\\DateTimeImmutable {
        try { [$a, 'b' => $b] = [1, 'b' => 2]; } catch (\\TypeError | \\Error $e) { return null; }
        $list = [&$a, static::class, self::ZONE];
        return $this->str_contains($list) ?? $b <=> 0x1F;
      }
    }`;
  expect(newerThanPhp72(code)).toEqual([]);
});
