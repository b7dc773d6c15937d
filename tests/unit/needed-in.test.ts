import { expect, test } from 'vitest';
import { neededIn } from '../../src/runs/needed-in.ts';
import type { RunNeeds } from '../../src/runs/run-wishes.ts';

const needs: RunNeeds = {
  due: new Set(['invoice', 'lines']),
  daily: new Map<string, RunNeeds['due']>([
    ['keeps', new Set(['renewals'])],
    ['warns', new Set(['services', 'lines'])],
  ]),
};

test('a fact is loaded only about clients whose invoices are due, and those that a rule that needs it sees daily', () => {
  const due = [
    { clientId: 1, invoiceId: 10 },
    { clientId: 1, invoiceId: 11 },
  ];
  const daily = [
    { clientId: 1, rules: new Set(['keeps']) },
    { clientId: 2, rules: new Set(['keeps', 'warns']) },
    { clientId: 3, rules: new Set(['keeps']) },
  ];
  expect(neededIn({ due, daily }, needs)).toEqual({
    needs: new Set(['invoice', 'lines', 'renewals', 'services']),
    about: new Map([
      ['invoice', [1]],
      ['lines', [1, 2]],
      ['renewals', [1, 2, 3]],
      ['services', [2]],
    ]),
  });
});

test('where nobody is asked daily, only what is due counts', () => {
  const { about } = neededIn({ due: [{ clientId: 4, invoiceId: 10 }], daily: null }, needs);
  expect([...(about ?? [])]).toEqual([
    ['invoice', [4]],
    ['lines', [4]],
  ]);
});
