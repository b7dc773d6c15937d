import { expect, test } from 'vitest';
import { judgePaidBack, type WentOut } from '../../../src/follow/money-back/judge-paid-back.ts';

/** The newest first. */
const GRANTS = [
  { clientId: 5, given: 5000n, openedOn: '2026-11-20' },
  { clientId: 5, given: 5000n, openedOn: '2026-03-01' },
  { clientId: 5, given: 900n, openedOn: '2026-11-20' },
  { clientId: 6, given: 5000n, openedOn: null },
];

const went = (on: string | null, more: Partial<WentOut> = {}): WentOut => ({
  clientId: 5,
  amountHundredths: 5000n,
  on,
  ...more,
});

test.each<[string, readonly WentOut[], readonly bigint[]]>([
  ['nothing went out', [], [0n, 0n, 0n, 0n]],
  ['the newest of an amount loses its money first', [went('2026-11-22')], [5000n, 0n, 0n, 0n]],
  ['two went out', [went('2026-11-22'), went('2026-11-21')], [5000n, 5000n, 0n, 0n]],
  [
    'money that went out years before was for something else',
    [went('2019-05-01')],
    [0n, 0n, 0n, 0n],
  ],
  [
    'what went out before the newest can be the older one’s',
    [went('2026-04-01')],
    [0n, 5000n, 0n, 0n],
  ],
  ['a payment may be booked as credit weeks late', [went('2026-10-21')], [5000n, 0n, 0n, 0n]],
  ['another amount, another client', [went('2026-11-22', { clientId: 7 })], [0n, 0n, 0n, 0n]],
  ['a day that nobody knows', [went(null)], [5000n, 0n, 0n, 0n]],
  ['a grant without a day', [went('2019-05-01', { clientId: 6 })], [0n, 0n, 0n, 5000n]],
])('%s', (_, wentOut, expected) => {
  expect(judgePaidBack(GRANTS, wentOut).map(({ backHundredths }) => backHundredths)).toEqual(
    expected,
  );
});
