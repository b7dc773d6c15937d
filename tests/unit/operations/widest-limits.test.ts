import { describe, expect, it } from 'vitest';
import { widestLimits } from '../../../src/operations/widest-limits.ts';
import { depositLimits } from '../../../src/rules/built-in/deposit-limits.ts';

const CURRENCIES = [
  { id: 1, rate: '1.00000', isDefault: true },
  { id: 2, rate: '0.90000', isDefault: false },
  { id: 3, rate: '157.34000', isDefault: false },
];
const limited = (settings: object) =>
  depositLimits.outerLimits?.(depositLimits.settings.parse(settings)) ?? {};
const widest = (layers: readonly object[], currencies = CURRENCIES) =>
  Object.fromEntries(
    widestLimits(layers.map(limited), currencies).map(({ setting, value }) => [setting, value]),
  );

describe('the limits of WHMCS', () => {
  it('are the widest of all layers and currencies, converted and rounded outwards', () => {
    const everybody = {
      minimum: { 1: '10.00', 2: '10.00', 3: '1000' },
      maximum: { 1: '100.00', 2: '100.00', 3: '10000' },
      maximumBalance: { 1: '500.00', 2: '400.00', 3: '50000' },
      requireActiveOrder: true,
    };
    const group = { ...everybody, maximum: { 1: '200.00', 2: '150.00', 3: '10000' } };
    expect(widest([everybody, group])).toEqual({
      // 1000 / 157.34 = 6.3556…
      AddFundsMinimum: '6.35',
      AddFundsMaximum: '200.00',
      AddFundsMaximumBalance: '500.00',
      AddFundsRequireOrder: 'on',
    });
    // 100 / 0.9 = 111.11…
    expect(widest([everybody])['AddFundsMaximum']).toBe('111.12');
  });

  it('stay alone where somebody has none of ours', () => {
    const limits = { minimum: { 1: '10' }, requireActiveOrder: true };
    expect(widest([limits], CURRENCIES.slice(0, 1))).toEqual({
      AddFundsMinimum: '10.00',
      AddFundsRequireOrder: 'on',
    });
    expect(widest([limits])).toEqual({ AddFundsRequireOrder: 'on' });
    expect(widest([limits, {}])).toEqual({});
    expect(widest([])).toEqual({});
    expect(widest([limits], [])).toEqual({});
  });
});
