import { expect, test } from 'vitest';
import { fromMoment, momentOfIso, toMoment } from '../../../src/db/index.ts';

test('a moment is UTC with six decimals, and comes back as the same millisecond', () => {
  const date = new Date('2026-11-22T12:34:56.789Z');
  expect(toMoment(date)).toBe('2026-11-22 12:34:56.789000');
  expect(fromMoment(toMoment(date))).toEqual(date);
});

test.each([
  ['2026-11-22T12:00:00Z', '2026-11-22 12:00:00.000000'],
  ['2026-11-22T12:00:00.5Z', '2026-11-22 12:00:00.500000'],
  ['2026-11-22T12:00:00.123456Z', '2026-11-22 12:00:00.123456'],
])('the wire’s %s is kept as %s', (iso, moment) => {
  expect(momentOfIso(iso)).toBe(moment);
});
