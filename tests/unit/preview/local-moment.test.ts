import { expect, test } from 'vitest';
import { localMoment } from '../../../src/preview/past/local-moment.ts';

const ZONE = 'Europe/Berlin';

test('a moment is told in WHMCS’s calendar', () => {
  expect(localMoment('2026-11-22 22:59:59.000001', ZONE)).toBe('2026-11-22 23:59:59.000001');
  expect(localMoment('2026-11-22 23:00:00.000000', ZONE)).toBe('2026-11-23 00:00:00.000000');
  expect(localMoment('2026-11-23 04:30:00.000000', 'America/New_York')).toBe(
    '2026-11-22 23:30:00.000000',
  );
});

test.each([
  ['the same day', '2026-11-22 11:00:00.000000', '2026-11-22', '2026-11-22 12:00:00.000000'],
  [
    'read after its midnight',
    '2026-11-22 23:00:05.000000',
    '2026-11-22',
    '2026-11-22 23:59:59.999999',
  ],
  ['read days later', '2026-11-25 11:00:00.000000', '2026-11-22', '2026-11-22 23:59:59.999999'],
  [
    'of a clock that is a little ahead',
    '2026-11-22 22:59:58.000000',
    '2026-11-23',
    '2026-11-23 00:00:00.000000',
  ],
  [
    'of a clock that is far ahead',
    '2026-11-22 11:00:00.000000',
    '2026-12-24',
    '2026-12-24 12:00:00.000000',
  ],
])('what WHMCS dated keeps its day: %s', (_, moment, on, told) => {
  expect(localMoment(moment, ZONE, on)).toBe(told);
});
