import type { z } from 'zod';
import type { Told } from '../cli-form.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { findBalances } from '../find-balances.ts';
import { clientParams, none } from '../read-parameters.ts';
import { balance } from '../schemas.ts';

export const getBalance = defineApiEndpoint({
  name: 'getBalance',
  method: 'get',
  path: '/clients/{clientId}/balance',
  scope: 'read',
  summary: 'What a client has, may spend, and what is held, reserved and parked.',
  params: clientParams,
  query: none,
  response: balance,
  refuses: ['client-unknown'],
  cli: [{ name: 'ledger balance', places: ['clientId'], example: '42', tell }],
  answer: async ({ params: { clientId } }, { db }, refuse) => {
    const [client] = await findBalances(db, [clientId]);
    if (client === undefined) {
      throw refuse('client-unknown', `There is no client #${clientId}.`);
    }
    return client;
  },
});

function tell(one: z.output<typeof balance>): Told {
  const { code } = one.currency;
  const rows = [
    ['in WHMCS', one.whmcs, code],
    ['held by commands', one.held, code],
    ['reserved', one.reserved, code],
    ['parked', one.parked, code],
    ['may be spent', one.spendable, code],
    ['available to rules', one.available, code],
    ...one.accounts.flatMap((account) => [
      ['in the ledger', account.balance, account.currency.code],
      ['  left of grants', account.remaining, account.currency.code],
      ...account.parts.map(({ kind, remaining }) => [
        `    ${kind}`,
        remaining,
        account.currency.code,
      ]),
      ['  taken without a grant', account.unfunded, account.currency.code],
    ]),
  ];
  const drift = `WHMCS has ${one.drift} ${code} more than the ledger: see the addon page.`;
  const reserved = one.reservations.map(
    ({ rule, amount, reservedFor, until }) =>
      `${rule} reserves ${amount} ${code} for ${reservedFor}${until === null ? '' : ` until ${until}`}.`,
  );
  return [
    { head: [], rows },
    ...reserved,
    ...(one.drift === null ? [] : [drift]),
    ...(one.frozen ? ['This client is frozen.'] : []),
  ];
}
