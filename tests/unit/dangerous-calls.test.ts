import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What source files of the service, the contract and the addon must not have, by what it would allow. */
const DANGERS = {
  'runs programs':
    /\bchild_process\b|\b(?:shell_exec|passthru|proc_open|popen|pcntl_exec|system)\(|(?<![>.\w])exec\(/,
  'runs text as code': /\beval\(|\bnew Function\(|'node:vm'|\bcreate_function\(|\bassert\(/,
  'makes objects of bytes': /\bunserialize\(|'node:v8'/,
  'hashes weakly': /\b(?:md5|sha1)\(|['"](?:md5|sha1)['"]/i,
  'guesses secrets': /\b(?:mt_rand|rand|uniqid|lcg_value)\(/,
  'believes any certificate': /SSL_VERIFY|rejectUnauthorized|NODE_TLS_REJECT/,
  'follows redirects': /FOLLOWLOCATION => true/,
  'writes markup in the browser': /innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
  'keeps things in the browser': /localStorage|sessionStorage|indexedDB|document\.cookie/,
} as const;

const sources = globSync([
  'src/**/*.ts',
  'bridge/**/*.ts',
  'migrations/**/*.ts',
  'php-shim/modules/**/*.{php,js}',
]).map((path) => ({ path, text: readFileSync(path, 'utf8') }));

test.each(Object.entries(DANGERS))('no code of ours %s', (_danger, pattern) => {
  expect(sources.length).toBeGreaterThan(500);
  expect(sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
});

test.each([
  ['runs programs', "import { spawn } from 'node:child_process';"],
  ['runs programs', '$out = exec($line);'],
  ['runs text as code', 'eval($text);'],
  ['makes objects of bytes', '$all = unserialize($row);'],
  ['hashes weakly', "createHash('md5')"],
  ['guesses secrets', '$token = mt_rand();'],
  ['believes any certificate', 'CURLOPT_SSL_VERIFYPEER => false'],
  ['follows redirects', 'CURLOPT_FOLLOWLOCATION => true'],
  ['writes markup in the browser', 'row.innerHTML = text;'],
  ['keeps things in the browser', 'localStorage.setItem("a", b)'],
] as const)('code that %s would be found', (danger, text) => {
  expect(DANGERS[danger].test(text)).toBe(true);
});
