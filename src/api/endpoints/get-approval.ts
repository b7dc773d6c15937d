import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { findProposal } from '../find-proposal.ts';
import { none, uuidParams } from '../read-parameters.ts';
import { approval } from '../schemas.ts';

export const getApproval = defineApiEndpoint({
  name: 'getApproval',
  method: 'get',
  path: '/approvals/{id}',
  scope: 'read',
  summary: 'A proposal.',
  params: uuidParams,
  query: none,
  response: approval,
  refuses: ['approval-unknown'],
  answer: ({ params: { id } }, { db }, refuse) => findProposal(db, id, refuse),
});
