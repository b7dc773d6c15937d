import { expect, test } from 'vitest';
import {
  duration,
  isTimeZone,
  moment,
  parseUtc,
  startOfDay,
} from '../../../src/pages/html/moment.ts';

test('a time is shown in the zone of WHMCS and told in UTC', () => {
  expect(String(moment(parseUtc('2026-11-22 23:30:00.000000'), 'Europe/Berlin'))).toBe(
    '<time datetime="2026-11-22T23:30:00.000Z" title="2026-11-22 23:30:00 UTC">23 Nov 2026, 00:30</time>',
  );
});

test('the day of WHMCS begins at its midnight, not at that of UTC', () => {
  expect(startOfDay(new Date('2026-11-22T23:30:00Z'), 'Europe/Berlin').toISOString()).toBe(
    '2026-11-22T23:00:00.000Z',
  );
  expect(startOfDay(new Date('2026-11-22T02:00:00Z'), 'America/New_York').toISOString()).toBe(
    '2026-11-21T05:00:00.000Z',
  );
});

test.each([
  // The clocks go from 02:00 to 03:00, and from 03:00 to 02:00.
  ['2026-03-29T10:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
  ['2026-10-25T11:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
  // From 00:00 to 01:00: this day has no midnight.
  ['2026-03-08T16:00:00Z', 'America/Havana', '2026-03-08T05:00:00.000Z'],
])('the day of %s in %s begins at %s, although the clocks change on it', (at, zone, start) => {
  expect(startOfDay(new Date(at), zone).toISOString()).toBe(start);
});

test('a zone that the runtime does not know is none', () => {
  expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
});

test('lengths of time are told in their largest unit', () => {
  expect([1, 89, 90, 5399, 5400, 172_799, 172_800].map(duration)).toEqual([
    '1 second',
    '89 seconds',
    '2 minutes',
    '90 minutes',
    '2 hours',
    '48 hours',
    '2 days',
  ]);
});
