import { expect, test } from 'vitest';
import { whmcsConflict } from '../../../src/pages/whmcs-conflict.ts';

test('WHMCS using credit by itself stands in the way of applying credit; the stored key is inverted', () => {
  for (const off of ['on', '1', 'true']) {
    expect(whmcsConflict('auto-apply', { NoAutoApplyCredit: off })).toBeUndefined();
  }
  for (const on of ['', null]) {
    expect(whmcsConflict('auto-apply', { NoAutoApplyCredit: on })?.says).toContain(
      'before this rule',
    );
  }
  expect(whmcsConflict('auto-apply', {})).toBeDefined();
});

test('without deposits the rules about them have nothing to do', () => {
  expect(whmcsConflict('deposit-bonus', { AddFundsEnabled: '' })).toBeDefined();
  expect(whmcsConflict('deposit-limits', { AddFundsEnabled: 'on' })).toBeUndefined();
  expect(whmcsConflict('somebody-else', { AddFundsEnabled: '' })).toBeUndefined();
});
