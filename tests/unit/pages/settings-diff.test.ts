import { expect, test } from 'vitest';
import { readSchema } from '../../../src/pages/form/read-schema.ts';
import { settingsDiff } from '../../../src/pages/screens/parts/settings-diff.ts';

const codes = new Map([[1, 'USD']]);
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
      codes,
    ),
  ).toEqual([
    { title: 'Mode', from: 'observe', to: 'on' },
    { title: 'Days of the period', from: '7', to: '30' },
  ]);
});

test('the first version differs from nothing, and a removed layer loses all', () => {
  expect(
    settingsDiff({ mode: 'on', settings: '{"periodDays":7}' }, undefined, field, codes),
  ).toEqual([
    { title: 'Mode', from: '–', to: 'on' },
    { title: 'Days of the period', from: '–', to: '7' },
  ]);
  expect(
    settingsDiff(
      { mode: 'removed', settings: '{}' },
      { mode: 'on', settings: '{"periodDays":7}' },
      field,
      codes,
    ),
  ).toEqual([
    { title: 'Mode', from: 'on', to: 'removed' },
    { title: 'Days of the period', from: '7', to: '–' },
  ]);
});

test('a change is told in the words of the form, not in those of its storage', () => {
  const amounts = { type: 'object', control: 'amount-per-currency' };
  const bonus = readSchema({
    type: 'object',
    properties: {
      tiers: {
        type: 'array',
        title: 'Tiers',
        items: {
          type: 'object',
          properties: {
            from: { ...amounts, title: 'From' },
            fixed: { ...amounts, title: 'Fixed bonus' },
            percent: { type: 'string', title: 'Percentage', control: 'percent' },
          },
        },
      },
      cap: { ...amounts, title: 'At most per deposit' },
      period: { enum: ['calendar-month', 'days'], title: 'Period' },
      periodDays: { type: 'integer', title: 'Days', control: 'days' },
      whole: { type: 'boolean', title: 'Only the whole' },
    },
  });
  const settings = {
    tiers: [{ from: { 1: '50.00', 9: '5.00' }, fixed: {}, percent: '10' }],
    cap: {},
    period: 'calendar-month',
    periodDays: 1,
    whole: false,
    gone: [1],
  };
  const version = { mode: 'on', settings: JSON.stringify(settings) } as const;
  const lines = settingsDiff(version, { mode: 'on', settings: '{}' }, bonus, codes);
  expect(lines.map(({ title, to }) => `${title}: ${to}`)).toEqual([
    'Tiers: From 50.00 USD, 5.00 (currency #9), Percentage 10 %',
    'Period: Calendar month',
    'Days: 1 day',
    'Only the whole: no',
    'gone: [1]',
  ]);
});
