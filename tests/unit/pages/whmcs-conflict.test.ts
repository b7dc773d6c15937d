import { expect, test } from 'vitest';
import { whmcsConflict } from '../../../src/pages/whmcs-conflict.ts';
import { autoApply } from '../../../src/rules/built-in/auto-apply.ts';
import { depositBonus } from '../../../src/rules/built-in/deposit-bonus.ts';
import { depositLimits } from '../../../src/rules/built-in/deposit-limits.ts';

const conflict = (
  { whmcsNeeds = [] }: Pick<typeof autoApply, 'whmcsNeeds'>,
  settings: Readonly<Record<string, string | null>>,
) => whmcsConflict({ whmcsNeeds }, settings);

test('WHMCS using credit by itself stands in the way of applying credit; the stored key is inverted', () => {
  for (const off of ['on', '1', 'true']) {
    expect(conflict(autoApply, { NoAutoApplyCredit: off })).toBeUndefined();
  }
  for (const on of ['', null]) {
    expect(conflict(autoApply, { NoAutoApplyCredit: on })?.says).toContain('before this rule');
  }
  expect(conflict(autoApply, {})).toBeDefined();
});

test('without deposits the rules about them have nothing to do', () => {
  for (const { whmcsNeeds = [] } of [depositBonus, depositLimits]) {
    expect(whmcsConflict({ whmcsNeeds }, { AddFundsEnabled: '' })).toBeDefined();
    expect(whmcsConflict({ whmcsNeeds }, { AddFundsEnabled: 'on' })).toBeUndefined();
  }
  expect(whmcsConflict({ whmcsNeeds: [] }, { AddFundsEnabled: '' })).toBeUndefined();
});
