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
