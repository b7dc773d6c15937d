import { readEpoch } from '../../books/index.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { notAdopted } from '../not-adopted.ts';
import { presentEpoch } from '../present.ts';
import { none } from '../read-parameters.ts';
import { ledgerState } from '../schemas.ts';

export const getLedger = defineApiEndpoint({
  name: 'getLedger',
  method: 'get',
  path: '/ledger',
  scope: 'read',
  summary: 'Where the ledger stands.',
  params: none,
  query: none,
  response: ledgerState,
  refuses: ['not-adopted'],
  cli: [{ name: 'ledger state', example: '' }],
  answer: async (_call, { db }, refuse) => {
    const epoch = await readEpoch(db);
    if (epoch === undefined) throw notAdopted(refuse);
    return presentEpoch(epoch);
  },
});
