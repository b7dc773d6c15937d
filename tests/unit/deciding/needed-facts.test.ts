import { afterAll, expect, test } from 'vitest';
import { activeRules, neededFor } from '../../../src/deciding/index.ts';
import { createEngine, type RuleSetting } from '../../../src/rules/engine/index.ts';

const engine = await createEngine({ rules: [], timeoutMs: 1000 });
afterAll(() => engine.close());

const DUE = new Set(['DueInvoice']);

function needed(...layers: readonly Partial<RuleSetting>[]): readonly string[] {
  return [...neededFor(DUE, active(layers))].sort();
}

function active(layers: readonly Partial<RuleSetting>[]) {
  const settings = layers.map(
    (layer): RuleSetting => ({
      rule: 'auto-apply',
      mode: 'on',
      layer: 'installation',
      layerId: 0,
      version: 1,
      settings: {},
      ...layer,
    }),
  );
  const stored = {
    version: '1',
    settings,
    paused: new Set<string>(),
    unreadable: new Set<string>(),
  };
  return activeRules(engine.rules(), stored);
}

test('facts for one value of a setting are loaded once some layer has it, and cost nothing before', () => {
  expect(needed({})).toEqual(['invoice', 'openInvoices']);
  expect(needed({ settings: { order: 'smallest' } })).toEqual(['invoice', 'openInvoices']);
  const all = ['invoice', 'lines', 'openInvoices', 'services'];
  expect(needed({ settings: { order: 'suspended' } })).toEqual(all);
  expect(needed({}, { layer: 'group', layerId: 2, settings: { order: 'suspended' } })).toEqual(all);
});

test('of a rule that decides elsewhere and limits here, only what its limits need is loaded', () => {
  const scope = { rule: 'apply-scope', settings: { pays: {} } };
  expect(needed({}, scope)).toEqual(['invoice', 'lines', 'openInvoices']);
  const paid = [...neededFor(new Set(['InvoicePaid']), active([scope]))].sort();
  expect(paid).toEqual(['invoice', 'lines', 'received']);
});
