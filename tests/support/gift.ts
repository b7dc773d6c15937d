import type { Operation } from '../../src/operations/index.ts';

/** Promotional credit that an admin gives, until a day or for ever. */
export function gift(
  clientId: number,
  amount: string,
  expiresOn: string | null = '2099-12-31',
): Extract<Operation, { kind: 'add' }> {
  return {
    kind: 'add',
    clientId,
    amount,
    grantKind: 'promotional',
    startsOn: null,
    expiresOn,
    priority: 100,
    refundable: false,
    description: null,
  };
}
