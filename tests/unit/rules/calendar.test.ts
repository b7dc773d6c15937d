import { expect, test } from 'vitest';
import { daysAfter, daysBetween } from '../../../src/rules/index.ts';

test.each([
  ['2026-12-31', 1, '2027-01-01'],
  ['2028-02-28', 1, '2028-02-29'],
  ['2026-03-29', -1, '2026-03-28'],
  ['2026-11-29', 0, '2026-11-29'],
])('%s and %i days is %s, whatever the clocks do there', (day, count, then) => {
  expect(daysAfter(day, count)).toBe(then);
  expect(daysBetween(day, then)).toBe(count);
});

test('what is no day is refused', () => {
  expect(() => daysAfter('0000-00-00', 1)).toThrow(RangeError);
});
