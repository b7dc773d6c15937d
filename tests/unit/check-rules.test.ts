import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRules } from '../../src/cli/doctor/check-rules.ts';

const MISSING = join(import.meta.dirname, 'no-such-folder');
const EXAMPLE = join(import.meta.dirname, '../../examples/keep-credit-from-gateways');

test('doctor names each rule file that cannot be loaded, and lists those that can', async () => {
  expect(await checkRules({ rules: [], ruleTimeoutMs: 1000 })).toEqual([]);
  expect(await checkRules({ rules: [EXAMPLE], ruleTimeoutMs: 1000 })).toEqual([
    { name: 'Rule files', level: 'good', says: 'keep-credit-from-gateways.' },
  ]);
  const [problem, ...others] = await checkRules({ rules: [EXAMPLE, MISSING], ruleTimeoutMs: 1000 });
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ level: 'bad', remedy: expect.stringContaining('restart') });
  expect(problem?.says).toContain(MISSING);
});
