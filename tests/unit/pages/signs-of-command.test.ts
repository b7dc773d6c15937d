import { expect, test } from 'vitest';
import type { CommandDetail } from '../../../src/pages/screens/command-page.sql.ts';
import { extentOf, signsOf } from '../../../src/pages/screens/parts/signs-of-command.ts';

const BEFORE = {
  balance: '50.00',
  creditId: 7,
  invoice: { status: 'Unpaid', credit: '5.00', total: '30.00', balance: '25.00' },
};

type Moving = Pick<CommandDetail, 'action' | 'amountHundredths' | 'holdHundredths'>;
const APPLY: Moving = { action: 'ApplyCredit', amountHundredths: 1500n, holdHundredths: 1500n };
const ADD: Moving = { action: 'AddCredit', amountHundredths: 1500n, holdHundredths: 0n };
const REMOVE: Moving = { ...ADD, holdHundredths: 1500n };

/** Balance and credit on the invoice now, and the amounts in the log since. */
function extent(
  command: Moving,
  [balance, credit]: readonly [bigint, bigint],
  logged: readonly bigint[],
  { more = false, status = 'Unpaid' } = {},
) {
  const now = {
    balanceHundredths: balance,
    invoice: {
      status,
      creditHundredths: credit,
      totalHundredths: 3000n,
      balanceHundredths: 3000n - credit,
    },
  };
  const rows = logged.map((amountHundredths, index) => ({
    id: 8 + index,
    on: null,
    amountHundredths,
    description: '',
  }));
  return extentOf(signsOf(command as CommandDetail, BEFORE, now, { rows, more }));
}

test.each([
  ['nothing moved', APPLY, [5000n, 500n], [], 'none'],
  ['all moved', APPLY, [3500n, 2000n], [-1500n], 'all'],
  ['the balance alone', APPLY, [3500n, 500n], [], 'part'],
  ['balance and log', APPLY, [3500n, 500n], [-1500n], 'part'],
  ['the log alone', APPLY, [5000n, 500n], [-1500n], 'part'],
  ['the invoice alone', APPLY, [5000n, 2000n], [], 'part'],
  ['an addition, the balance alone', ADD, [6500n, 500n], [], 'part'],
  ['an addition, all', ADD, [6500n, 500n], [1500n], 'all'],
  ['a removal, the log alone', REMOVE, [5000n, 500n], [-1500n], 'part'],
  ['a removal, all', REMOVE, [3500n, 500n], [-1500n], 'all'],
  ['other movements in between, and nothing else of it', APPLY, [4100n, 900n], [], 'unclear'],
] as const)('%s', (_, command, figures, logged, expected) => {
  expect(extent(command, figures, logged)).toBe(expected);
});

test.each([
  ['all of it and Paid', [2500n, 3000n], [-2500n], 'Paid', 'all'],
  ['all of it but the status', [2500n, 3000n], [-2500n], 'Unpaid', 'part'],
  ['nothing of it', [5000n, 500n], [], 'Unpaid', 'none'],
  ['nothing of it, paid by other means', [5000n, 500n], [], 'Paid', 'unclear'],
] as const)('credit that covers its invoice: %s', (_, figures, logged, status, expected) => {
  const covering: Moving = { ...APPLY, amountHundredths: 2500n, holdHundredths: 2500n };
  expect(extent(covering, figures, logged, { status })).toBe(expected);
});

test('a row that may be among those not looked at is not missing', () => {
  expect(extent(ADD, [6500n, 500n], [], { more: true })).toBe('unclear');
});

test('what moves no credit has no signs', () => {
  const mail: Moving = { action: 'SendEmail', amountHundredths: 0n, holdHundredths: 0n };
  expect(extent(mail, [5000n, 500n], [])).toBe('unclear');
});
