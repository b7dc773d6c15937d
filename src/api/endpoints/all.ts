import type { ApiEndpoint } from '../define-api-endpoint.ts';
import { approvalEndpoints } from './approvals.ts';
import { explainEndpoint } from './explain.ts';
import { exportEndpoints } from './exports.ts';
import { ledgerEndpoints } from './ledger.ts';
import { operationEndpoints } from './operations.ts';

/** Every endpoint of the API. */
export const apiEndpoints: readonly ApiEndpoint[] = [
  ...ledgerEndpoints,
  explainEndpoint,
  ...exportEndpoints,
  ...operationEndpoints,
  ...approvalEndpoints,
];
