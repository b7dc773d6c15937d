import { z } from 'zod';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { findLiability } from '../find-liability.ts';
import { createPresent } from '../present.ts';
import { dayQuery, none } from '../read-parameters.ts';
import { liability } from '../schemas.ts';

export const getLiability = defineApiEndpoint({
  name: 'getLiability',
  method: 'get',
  path: '/liability',
  scope: 'read',
  summary: 'What clients could still spend at the end of a day, by currency, kind and age.',
  params: none,
  query: z.strictObject(dayQuery),
  response: liability,
  refuses: ['not-adopted'],
  cli: [{ name: 'ledger liability', example: '--day 2026-10-31', tell }],
  answer: async ({ query: { day } }, context, refuse) => {
    const found = await findLiability(day, context, refuse);
    return (await createPresent(context.db)).liability(found);
  },
});

function tell({ parts, totals, notes }: z.output<typeof liability>): Told {
  const rows = [
    ...parts.map(({ currency, kind, age, remaining }) => [
      currency.code,
      kind ?? 'not known',
      age,
      remaining,
    ]),
    ...totals.flatMap(({ currency, remaining, unfunded, balance }) => [
      [currency.code, 'together', '', remaining],
      [currency.code, 'taken without a grant', '', unfunded],
      [currency.code, 'balances', '', balance],
    ]),
  ];
  return [{ head: ['Currency', 'Kind', 'Days old', 'Amount'], rows }, ...notes];
}
