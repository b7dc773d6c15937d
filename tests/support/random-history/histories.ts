import fc from 'fast-check';
import type { PointName } from '../../../src/rules/index.ts';
import { daysAfter } from '../../../src/rules/index.ts';
import { FIRST_DAY, past } from './past.ts';
import { POINTS } from './questions.ts';

export type Step = { readonly daysLater: number; readonly points: readonly PointName[] };

/** A few clients, and the days on which something happens: what, may happen again on the same day. */
export function histories(rules: readonly string[]) {
  return fc.record({
    pasts: fc.array(past(rules), { minLength: 1, maxLength: 2 }),
    whmcsVersion: fc.constantFrom('8.13.1', '9.0.1'),
    steps: fc.array(
      fc.record({
        daysLater: fc.constantFrom(0, 0, 0, 1, 12),
        points: fc.subarray(POINTS, { minLength: POINTS.length - 6 }),
      }),
      { minLength: 2, maxLength: 3 },
    ),
  });
}

export type History = ReturnType<typeof histories> extends fc.Arbitrary<infer One> ? One : never;

export function dayAfter(day: string | null, { daysLater }: Step): string {
  return day === null ? FIRST_DAY : daysAfter(day, daysLater);
}
