import { findGrant } from '../../books/index.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { createPresent } from '../present.ts';
import { grantParams, none } from '../read-parameters.ts';
import { grantDetail } from '../schemas.ts';

export const getGrant = defineApiEndpoint({
  name: 'getGrant',
  method: 'get',
  path: '/grants/{id}',
  scope: 'read',
  summary: 'A grant with what was drawn from it.',
  params: grantParams,
  query: none,
  response: grantDetail,
  refuses: ['grant-unknown'],
  cli: [{ name: 'ledger grant', places: ['id'], example: '1817' }],
  answer: async ({ params: { id } }, { db }, refuse) => {
    const detail = await findGrant(db, BigInt(id));
    if (detail === undefined) throw refuse('grant-unknown', `There is no grant ${id}.`);
    return (await createPresent(db)).grantDetail(detail);
  },
});
