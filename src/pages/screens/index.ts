import type { Screen } from '../define-screen.ts';
import { accountPage } from './account-page.ts';
import { apiTokensPage } from './api-tokens-page.ts';
import { approvalsPage } from './approvals-page.ts';
import { clientsPage } from './clients-page.ts';
import { commandPage } from './command-page.ts';
import { commandsPage } from './commands-page.ts';
import { creditSettingsPage } from './credit-settings-page.ts';
import { decisionPage } from './decision-page.ts';
import { decisionsPage } from './decisions-page.ts';
import { deliveriesPage } from './deliveries-page.ts';
import { deliveryPage } from './delivery-page.ts';
import { driftPage } from './drift-page.ts';
import { driftsPage } from './drifts-page.ts';
import { findingsPage } from './findings-page.ts';
import { grantPage } from './grant-page.ts';
import { invoicePage } from './invoice-page.ts';
import { ledgerSettingsPage } from './ledger-settings-page.ts';
import { operationPage } from './operation-page.ts';
import { overviewPage } from './overview-page.ts';
import { parkedPage } from './parked-page.ts';
import { previewPage } from './preview-page.ts';
import { rulePage } from './rule-page.ts';
import { rulesPage } from './rules-page.ts';

/** All pages for admins, in the order of the menu. */
export const screens: readonly Screen[] = [
  overviewPage,
  rulesPage,
  rulePage,
  previewPage,
  clientsPage,
  accountPage,
  operationPage,
  grantPage,
  approvalsPage,
  parkedPage,
  driftsPage,
  driftPage,
  findingsPage,
  decisionsPage,
  decisionPage,
  invoicePage,
  commandsPage,
  commandPage,
  deliveriesPage,
  deliveryPage,
  creditSettingsPage,
  ledgerSettingsPage,
  apiTokensPage,
];
