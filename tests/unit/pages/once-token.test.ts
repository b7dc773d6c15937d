import { v4, v7 } from 'uuid';
import { expect, test } from 'vitest';
import { judgeToken, ONCE_TOKEN_HOURS } from '../../../src/pages/form/once-token.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const hoursAgo = (hours: number) => v7({ msecs: NOW.getTime() - hours * 3_600_000 });

test('a token of today is good', () => {
  const token = hoursAgo(ONCE_TOKEN_HOURS - 0.1);
  expect(judgeToken(token, NOW)).toEqual({ ok: true, token });
});

test('a form that stood open too long is too old', () => {
  expect(judgeToken(hoursAgo(ONCE_TOKEN_HOURS + 0.1), NOW)).toEqual({ ok: false, why: 'old' });
});

test('a token of the future, which would be good for longer than used ones are kept, is refused', () => {
  const ofASlowClock = hoursAgo(-0.08);
  expect(judgeToken(ofASlowClock, NOW)).toEqual({ ok: true, token: ofASlowClock });
  expect(judgeToken(hoursAgo(-0.1), NOW)).toEqual({ ok: false, why: 'unreadable' });
  expect(judgeToken(hoursAgo(-24 * 365), NOW)).toEqual({ ok: false, why: 'unreadable' });
});

test('anything but one of our tokens is refused', () => {
  for (const text of [undefined, '', 'x', v4(), ['a'], `${hoursAgo(1)}'`]) {
    expect(judgeToken(text, NOW)).toEqual({ ok: false, why: 'unreadable' });
  }
});
