import { expect, test } from 'vitest';
import { localDay } from '../../../src/whmcs/dates.ts';
import { amountIn, currencyDecimals, readDate } from '../../../src/whmcs/index.ts';

test.each([
  ['EUR', 2],
  ['JPY', 0],
  ['jpy', 0],
  // Three decimals exist, but not in WHMCS's columns.
  ['KWD', 2],
  ['Credits', 2],
  ['', 2],
])('the currency "%s" has %i decimals', (code, decimals) => {
  expect(currencyDecimals(code)).toBe(decimals);
});

test.each([
  ['EUR', '10.00 EUR'],
  ['JPY', '10 JPY'],
  ['', '10.00'],
  [null, '10.00'],
])('an amount in the currency %s is shown as %s', (code, shown) => {
  expect(amountIn(code, 1000n)).toBe(shown);
});

test.each([
  ['2026-11-22', '2026-11-22'],
  ['2026-11-22 10:00:00', '2026-11-22'],
  ['0000-00-00', null],
  ['0000-00-00 00:00:00', null],
  ['2026-00-00', null],
  ['2026-11-00', null],
  ['2026-00-12 10:00:00', null],
  [null, null],
])('the date %s is %s', (value, date) => {
  expect(readDate(value)).toBe(date);
});

test('a day is counted in WHMCS’s zone, and in UTC where that is unknown', () => {
  expect(localDay('2026-11-22 23:30:00.000000', 'Europe/Berlin')).toBe('2026-11-23');
  expect(localDay('2026-11-22 23:30:00.000000', 'America/New_York')).toBe('2026-11-22');
  expect(localDay('2026-11-22 23:30:00.000000', 'No/Where')).toBe('2026-11-22');
});
