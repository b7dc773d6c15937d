import { expect, test } from 'vitest';
import { readRule } from '../../../src/rules/engine/loaded-rule.ts';
import { z } from '../../../src/rules/index.ts';

const rule = {
  id: 'example',
  title: 'Example',
  description: 'An example.',
  needs: [],
  settings: z.object({}),
  reach: {},
  decide: () => [],
};

test('a rule that is asked daily says about which clients, and no other rule does', () => {
  const dailyClients = () => ({ withBalance: true });
  expect(readRule({ ...rule, on: ['ClientDaily'], dailyClients }, 'a file').id).toBe('example');
  for (const wrong of [{ on: ['ClientDaily'] }, { on: ['InvoicePaid'], dailyClients }]) {
    expect(() => readRule({ ...rule, ...wrong }, 'a file')).toThrow(
      'A rule has both `ClientDaily` in `on` and `dailyClients`, or neither.',
    );
  }
});

test('limits need what the rule needs, or a part of it', () => {
  const limiting = { ...rule, on: ['InvoicePaid'], needs: ['lines', 'received'], limits: {} };
  expect(readRule(limiting, 'a file').limitsNeed).toEqual(['lines', 'received']);
  expect(readRule({ ...limiting, limitsNeed: ['lines'] }, 'a file').limitsNeed).toEqual(['lines']);
  expect(() => readRule({ ...limiting, limitsNeed: ['grants'] }, 'a file')).toThrow(
    '`limitsNeed` names only what `needs` names, too.',
  );
});
