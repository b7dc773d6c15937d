import { expect, test } from 'vitest';
import { readItem } from '../../../src/deliveries/read-item.ts';
import { readRule } from '../../../src/rules/engine/loaded-rule.ts';
import { hook, type OwnHook, skip, z } from '../../../src/rules/index.ts';
import { hookItem } from '../../support/hook-item.ts';

const rule = (own: OwnHook) => ({
  id: 'a-rule',
  title: 'A rule',
  description: 'A rule.',
  on: [own, 'InvoicePaid'],
  needs: [],
  settings: z.object({}),
  reach: {},
  decide: () => [skip('No.')],
});

const bought = hook<'PlanBought', { planid: number; owner: string; bill: number }>('PlanBought', {
  client: 'owner',
  invoice: 'bill',
});

test('a declared hook is listened to by its name, with what the rule says about it', () => {
  const { on, ownHooks } = readRule(rule(bought), 'a.ts');
  expect([...on]).toEqual(['PlanBought', 'InvoicePaid']);
  expect(ownHooks).toEqual([{ hook: 'PlanBought', client: 'owner', invoice: 'bill' }]);
});

test.each<[string, OwnHook, string]>([
  ['a hook that we know', { hook: 'InvoicePaid' }, 'Credit Bridge knows this hook'],
  ['a log-in', { hook: 'ClientLogin' }, 'This hook never leaves WHMCS.'],
  ['a card', { hook: 'PlanBought', fields: ['cardnum'] }, 'never leaves WHMCS'],
  ['a token', { hook: 'PlanBought', client: 'token' }, 'never leaves WHMCS'],
])('%s cannot be declared', (_, own, problem) => {
  expect(() => readRule(rule(own), 'a.ts')).toThrow(problem);
});

test('the fields that a rule names leave WHMCS, go before the usual ones, and no other does', () => {
  const item = hookItem('PlanBought', {
    planid: 7,
    owner: '5',
    bill: 9,
    userid: 6,
    note: 'private',
  });
  expect(readItem(item, () => [bought])).toMatchObject({
    data: { planid: 7, owner: '5', bill: 9, userid: 6 },
    subject: { clientId: 5, invoiceIds: [9] },
    note: 'Dropped 1 members of data that the hook does not list.',
  });
  expect(readItem(item, () => [])).toMatchObject({
    data: { planid: 7, userid: 6 },
    subject: { clientId: 6, invoiceIds: [] },
  });
});
