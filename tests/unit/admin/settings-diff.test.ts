import { expect, test } from 'vitest';
import { readSchema } from '../../../src/admin/form/read-schema.ts';
import { settingsDiff } from '../../../src/admin/settings-diff.ts';

const field = readSchema({
  type: 'object',
  properties: { periodDays: { type: 'integer', title: 'Days of the period' } },
});

test('a change is told by the title of its setting', () => {
  expect(
    settingsDiff(
      { mode: 'on', settings: '{"periodDays":30,"text":"a"}' },
      { mode: 'observe', settings: '{"periodDays":7,"text":"a"}' },
      field,
    ),
  ).toEqual([
    { title: 'Mode', from: 'observe', to: 'on' },
    { title: 'Days of the period', from: '7', to: '30' },
  ]);
});

test('the first version differs from nothing, and a removed layer loses all', () => {
  expect(settingsDiff({ mode: 'on', settings: '{"periodDays":7}' }, undefined, field)).toEqual([
    { title: 'Mode', from: '–', to: 'on' },
    { title: 'Days of the period', from: '–', to: '7' },
  ]);
  expect(
    settingsDiff(
      { mode: 'removed', settings: '{}' },
      { mode: 'on', settings: '{"periodDays":7}' },
      field,
    ),
  ).toEqual([
    { title: 'Mode', from: 'on', to: 'removed' },
    { title: 'Days of the period', from: '7', to: '–' },
  ]);
});
