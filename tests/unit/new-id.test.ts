import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { newId } from '../../src/base/index.ts';

/** What tables rely on: rows made together stand together. */
test('ids are UUIDs of version 7, different and growing, thousands in a millisecond', () => {
  const before = Date.now();
  const ids = Array.from({ length: 20_000 }, newId);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  const time = Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

test('the random part differs from id to id', () => {
  const tails = Array.from({ length: 2_000 }, () => newId().slice(-11));
  expect(new Set(tails).size).toBe(tails.length);
});
