import { findEntry } from '../../books/index.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { none, sequenceParams } from '../read-parameters.ts';
import { entryDetail } from '../schemas.ts';

export const getEntry = defineApiEndpoint({
  name: 'getEntry',
  method: 'get',
  path: '/entries/{sequence}',
  scope: 'read',
  summary: 'An entry with the grants it drew.',
  params: sequenceParams,
  query: none,
  response: entryDetail,
  refuses: ['entry-unknown'],
  cli: [{ name: 'ledger entry', places: ['sequence'], example: '1817' }],
  answer: async ({ params: { sequence } }, { db }, refuse) => {
    const detail = await findEntry(db, BigInt(sequence));
    if (detail === undefined) {
      throw refuse('entry-unknown', `There is no entry ${sequence}.`);
    }
    return (await createPresent(db)).entryDetail(detail);
  },
});
