import { expect, test } from 'vitest';
import { DEFAULT_LEDGER_SETTINGS, ledgerSettings } from '../../../src/ledger/index.ts';

test('an order that was saved before a kind existed has it behind the kind that usually comes before it', () => {
  const saved = ['paid', 'refund', 'opening', 'unexplained', 'adjustment', 'promotional'];
  const { kindOrder } = ledgerSettings.parse({ ...DEFAULT_LEDGER_SETTINGS, kindOrder: saved });
  expect(kindOrder).toEqual([
    'paid',
    'refund',
    'opening',
    'unexplained',
    'adjustment',
    'affiliate',
    'promotional',
  ]);
});

test('an order that names a kind twice is kept as it is, so that saving it is refused', () => {
  const kindOrder = ['paid', 'paid'];
  const read = ledgerSettings.parse({ ...DEFAULT_LEDGER_SETTINGS, kindOrder });
  expect(read.kindOrder.filter((kind) => kind === 'paid')).toHaveLength(2);
});
