import type { ApiEndpoint } from '../define-api-endpoint.ts';
import { allowCredit } from './allow-credit.ts';
import { clientChoices } from './choices.ts';
import { decideParked } from './decide-parked.ts';
import { decideProposal } from './decide-proposal.ts';
import { explain } from './explain.ts';
import { exportEntries } from './export-entries.ts';
import { exportGrants } from './export-grants.ts';
import { exportLiability } from './export-liability.ts';
import { freezeClient } from './freeze-client.ts';
import { getApproval } from './get-approval.ts';
import { getBalance } from './get-balance.ts';
import { getEntry } from './get-entry.ts';
import { getGrant } from './get-grant.ts';
import { getLedger } from './get-ledger.ts';
import { getLiability } from './get-liability.ts';
import { getOperation } from './get-operation.ts';
import { giveBackCredit } from './give-back-credit.ts';
import { leaveAlone } from './leave-alone.ts';
import { listApprovals } from './list-approvals.ts';
import { listClients } from './list-clients.ts';
import { listEntries } from './list-entries.ts';
import { listGrants } from './list-grants.ts';
import { listParked } from './list-parked.ts';
import { proposeOperation } from './propose-operation.ts';
import { restoreSettings } from './restore-settings.ts';
import { unfreezeClient } from './unfreeze-client.ts';

/** Every endpoint of the API, and with it its commands; help and openapi.json keep this order. */
export const apiEndpoints: readonly ApiEndpoint[] = [
  getLedger,
  listClients,
  getBalance,
  listEntries,
  getEntry,
  listGrants,
  getGrant,
  getLiability,
  explain,
  exportEntries,
  exportGrants,
  exportLiability,
  proposeOperation,
  getOperation,
  giveBackCredit,
  listParked,
  ...decideParked,
  listApprovals,
  getApproval,
  ...decideProposal,
  freezeClient,
  unfreezeClient,
  allowCredit,
  leaveAlone,
  ...clientChoices,
  restoreSettings,
];
