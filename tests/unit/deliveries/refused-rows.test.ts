import { expect, test } from 'vitest';
import { refusedRows } from '../../../src/deliveries/refused-rows.ts';

const ID = '01938c1c-0000-7000-8000-000000000001';
const OTHER = '01938c1c-0000-7000-8000-000000000002';

test('an item that stands twice in a refused call is kept once', () => {
  const items = [{ id: ID }, { id: OTHER }, { id: ID }];
  const rows = refusedRows({ id: OTHER, code: 'batch-too-large', detail: 'Too many.', items });
  expect(rows.map(({ id }) => id)).toEqual([ID, OTHER]);
});
