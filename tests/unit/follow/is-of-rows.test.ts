import { expect, test } from 'vitest';
import { StorageError, WhmcsError } from '../../../src/base/errors.ts';
import { isOfRows } from '../../../src/follow/is-of-rows.ts';
import { LedgerError } from '../../../src/ledger/index.ts';
import { MoneyError } from '../../../src/money/index.ts';

const ofDatabase = (errno: number, sqlState: string) =>
  Object.assign(new Error('From the driver'), { errno, sqlState });

test.each<[string, boolean, unknown]>([
  ['the books refuse an entry', true, new LedgerError('grant-out-of-bounds', 'x')],
  ['a figure cannot be read', true, new MoneyError('amount-unreadable', 'x')],
  ['explaining breaks', true, new RangeError('Invalid time value')],
  ['a number fits no column', true, ofDatabase(1264, '22003')],
  ['a text fits no character set', true, ofDatabase(1366, 'HY000')],
  ['a column must not be null', true, ofDatabase(1048, '23000')],
  ['another transaction was faster', false, ofDatabase(1062, '23000')],
  ['a deadlock', false, ofDatabase(1213, '40001')],
  ['somebody killed the statement', false, ofDatabase(1317, '70100')],
  ['the statement took too long', false, ofDatabase(1969, '70100')],
  ['a right is missing', false, ofDatabase(1142, '42000')],
  ['another process leads', false, new StorageError('leader-replaced', 'x', { retry: true })],
  ['the settings cannot be read', false, new StorageError('ledger-settings-unreadable', 'x')],
  ['the evidence cannot be read', false, new WhmcsError('evidence-unreadable', 'x')],
])('%s: rows may be the cause is %s', (_, expected, error) => {
  expect(isOfRows(error)).toBe(expected);
});
