import { describe, expect, test } from 'vitest';
import { judgeDay, localTime, type TodayFacts, todayFrom } from '../../../src/today/index.ts';

const ZONE = 'Europe/Berlin';
/** 23:10 in Berlin. */
const LATE = new Date('2026-11-22T22:10:00Z');
const NOON = new Date('2026-11-22T11:00:00Z');

const judged = (date: string, at: Date, lastRun: string | null = null) =>
  judgeDay({ date, zone: ZONE, at, lastRun })?.kind;

describe('a date that WHMCS names', () => {
  test.each([
    ['the same date', '2026-11-22', NOON, undefined],
    ['the next date, half a day before midnight', '2026-11-23', NOON, 'clocks-differ'],
    ['the date before, half a day after midnight', '2026-11-21', NOON, 'clocks-differ'],
    ['a year ahead', '2027-11-22', NOON, 'clocks-differ'],
    ['the next date, an hour before midnight', '2026-11-23', LATE, 'clocks-differ'],
    [
      'the next date, ten minutes before',
      '2026-11-23',
      new Date('2026-11-22T22:50:00Z'),
      undefined,
    ],
    ['eleven minutes before', '2026-11-23', new Date('2026-11-22T22:49:00Z'), 'clocks-differ'],
    [
      'the date before, nine minutes after',
      '2026-11-21',
      new Date('2026-11-21T23:09:00Z'),
      undefined,
    ],
    ['ten minutes after', '2026-11-21', new Date('2026-11-21T23:10:00Z'), 'clocks-differ'],
    [
      'the date in UTC where Berlin has the next',
      '2026-11-22',
      new Date('2026-11-22T23:10:00Z'),
      'clocks-differ',
    ],
  ])('%s', (_, date, at, kind) => {
    expect(judged(date, at)).toBe(kind);
  });

  test('is doubtful more than seven days after the last run, and not before', () => {
    expect(judged('2026-11-22', NOON, '2026-11-15')).toBeUndefined();
    expect(judged('2026-11-22', NOON, '2026-11-14')).toBe('long-pause');
    // A run of a date that was never there, from a day on which a clock was ahead.
    expect(judged('2026-11-22', NOON, '2027-11-22')).toBeUndefined();
  });

  test('is taken in UTC where Node does not know the zone', () => {
    expect(
      judgeDay({ date: '2026-11-22', zone: 'Mars/North', at: NOON, lastRun: null }),
    ).toBeNull();
  });
});

describe('today', () => {
  const facts = (date: string, changes: Partial<TodayFacts> = {}): TodayFacts => ({
    told: { date, zone: ZONE, at: NOON, version: '8.13.1' },
    now: NOON,
    lastRun: null,
    confirmed: null,
    ...changes,
  });

  test('is the date of both clocks', () => {
    expect(todayFrom(facts('2026-11-22'))).toEqual({
      date: '2026-11-22',
      zone: ZONE,
      told: '2026-11-22',
      whmcsVersion: '8.13.1',
      doubt: null,
      takeBefore: '2026-11-22',
    });
  });

  test('is the database’s, and nothing is taken, while WHMCS names another', () => {
    for (const date of ['2026-11-23', '2027-11-22', '2025-11-22']) {
      expect(todayFrom(facts(date))).toMatchObject({
        date: '2026-11-22',
        doubt: { kind: 'clocks-differ', date },
        takeBefore: null,
      });
    }
  });

  test('is WHMCS’s once an admin confirmed it, and only that date', () => {
    expect(todayFrom(facts('2026-12-24', { confirmed: '2026-12-24' }))).toMatchObject({
      date: '2026-12-24',
      doubt: null,
      takeBefore: '2026-12-24',
    });
    const other = todayFrom(facts('2026-12-25', { confirmed: '2026-12-24' }));
    expect(other).toMatchObject({ date: '2026-11-22', takeBefore: null });
  });

  test('goes on with the database’s clock after WHMCS named it, but takes no more than WHMCS saw end', () => {
    const later = todayFrom(facts('2026-11-22', { now: new Date('2026-11-24T11:00:00Z') }));
    expect(later).toMatchObject({ date: '2026-11-24', doubt: null, takeBefore: '2026-11-22' });
  });

  test('takes only what has ended by both clocks when they differ by minutes around midnight', () => {
    const at = new Date('2026-11-22T22:55:00Z');
    const told = { date: '2026-11-23', zone: ZONE, at, version: '8.13.1' };
    const ahead = todayFrom(facts('2026-11-23', { told, now: at }));
    expect(ahead).toMatchObject({ doubt: null, takeBefore: '2026-11-22' });
  });

  test('after a long pause is the database’s, and nothing is taken until an admin confirms it', () => {
    const lastRun = '2026-10-22';
    const asked = todayFrom(facts('2026-11-22', { lastRun }));
    expect(asked).toMatchObject({ doubt: { kind: 'long-pause', days: 31 }, takeBefore: null });
    const confirmed = todayFrom(facts('2026-11-22', { lastRun, confirmed: '2026-11-22' }));
    expect(confirmed).toMatchObject({ doubt: null, takeBefore: '2026-11-22' });
  });

  test('takes nothing before the addon told WHMCS’s date', () => {
    expect(todayFrom(facts('', { told: undefined }))).toMatchObject({
      date: '2026-11-22',
      zone: 'UTC',
      told: null,
      takeBefore: null,
    });
  });
});

test('WHMCS’s local time is told by its zone, and in UTC where Node does not know the zone', () => {
  const at = new Date('2026-11-22T23:30:05Z');
  expect(localTime(at, ZONE)).toBe('2026-11-23 00:30:05');
  expect(localTime(at, 'Asia/Kolkata')).toBe('2026-11-23 05:00:05');
  expect(localTime(at, 'Mars/North')).toBe('2026-11-22 23:30:05');
});
