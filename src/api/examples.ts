import type { z } from 'zod';
import type * as schemas from './schemas.ts';

/** What openapi.json shows beside the schemas: an answer by its name there, and a body by the name of its endpoint. */

type Answer<Name extends keyof typeof schemas> = (typeof schemas)[Name] extends z.ZodType
  ? z.output<(typeof schemas)[Name]>
  : never;

const usd = { id: 1, code: 'USD' };
const entry: Answer<'entry'> = {
  sequence: '1842',
  epoch: 1,
  clientId: 42,
  currency: usd,
  direction: 'out',
  amount: '15.00',
  from: 'client:42',
  to: 'invoice:1203',
  kind: 'invoice',
  evidence: 'command',
  invoiceId: 1203,
  commandId: '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d',
  adminId: null,
  adminName: null,
  logId: 913,
  revision: 0,
  corrects: null,
  day: '2026-11-22',
  description: 'Credit Applied to Invoice #1203',
  reason: '',
  recordedAt: '2026-11-22T08:00:02.481000Z',
};
const grant: Answer<'grant'> = {
  id: '1817',
  epoch: 1,
  clientId: 42,
  currency: usd,
  kind: 'promotional',
  amount: '10.00',
  remaining: '4.00',
  openedOn: '2026-11-20',
  startsOn: null,
  expiresOn: '2027-03-31',
  priority: 100,
  refundable: false,
  rule: 'a-rule',
  commandId: '01977e5c-1d10-7e0a-9c55-0b5f8e2f4a11',
  followsInvoiceId: 1198,
};
const drawDown: Answer<'drawDown'> = {
  grant: '1817',
  spend: '1842',
  by: '1842',
  direction: 'draw',
  amount: '6.00',
};
const balance: Answer<'balance'> = {
  clientId: 42,
  currency: usd,
  whmcs: '95.00',
  spendable: '95.00',
  available: '80.00',
  held: '0.00',
  reserved: '0.00',
  reservations: [
    {
      rule: 'a-rule',
      amount: '15.00',
      there: '15.00',
      reservedFor: 'the renewal of example.com',
      until: '2026-12-24',
    },
  ],
  parked: '0.00',
  drift: null,
  frozen: false,
  accounts: [
    {
      currency: usd,
      balance: '95.00',
      remaining: '95.00',
      unfunded: '0.00',
      isOpen: true,
      parts: [
        { kind: 'paid', remaining: '91.00' },
        { kind: 'promotional', remaining: '4.00' },
      ],
    },
  ],
};
const operation = {
  kind: 'add',
  clientId: 42,
  amount: '5.00',
  grantKind: 'promotional',
  startsOn: null,
  expiresOn: '2099-12-31',
  priority: 100,
  refundable: false,
  description: null,
} as const;
const approval: Answer<'approval'> = {
  id: '01977e5d-0a6f-7b3e-8f1c-2f9d8e7c6b5a',
  operation,
  amount: '5.00',
  currency: usd,
  state: 'pending',
  reason: 'Outage of 3 November',
  proposedBy: 'admin:3',
  proposedByName: 'anna',
  proposedAt: '2026-11-22T09:15:00.000Z',
  expiresAt: '2026-11-29T09:15:00.000Z',
  decidedBy: null,
  decidedByName: null,
  decidedAt: null,
  decisionReason: '',
};
const parked: Answer<'parked'> = {
  id: '01977e5e-44aa-7d0b-9b2e-6c1f0a2b3c4d',
  clientId: 42,
  currency: usd,
  amount: '20.00',
  state: 'parked',
  reason: 'The gateway told this payment twice.',
  rule: 'a-rule',
  until: null,
  invoiceId: 1204,
  transactionId: 771,
  grant: '1850',
  entry: '1851',
  foundAt: '2026-11-22T10:00:00.000000Z',
  settledAt: null,
  decidedBy: null,
  decidedByName: null,
  decisionReason: '',
};
const sentences = ['Client #42 has 95.00 USD: 91.00 paid in and 4.00 as a gift.'];

export const answerExamples = {
  Balance: balance,
  ClientList: { clients: [balance], next: '42' } satisfies Answer<'clientList'>,
  EntryList: { entries: [entry], next: '1842' } satisfies Answer<'entryList'>,
  EntryDetail: {
    entry,
    unfunded: '0.00',
    correctedBy: null,
    drawDowns: [drawDown],
    moreDrawDowns: false,
  } satisfies Answer<'entryDetail'>,
  GrantList: { grants: [grant], next: null } satisfies Answer<'grantList'>,
  GrantDetail: {
    grant,
    drawDowns: [drawDown],
    moreDrawDowns: false,
  } satisfies Answer<'grantDetail'>,
  LedgerState: {
    epoch: 1,
    state: 'following',
    reason: '',
    adoptedOn: '2026-01-01',
    adoptedAt: '2026-01-01T10:00:00.000000Z',
    lookedAt: '2026-11-22T10:00:00.000000Z',
  } satisfies Answer<'ledgerState'>,
  Liability: {
    day: '2026-10-31',
    basis: 'grants',
    adoptedOn: '2026-01-01',
    notes: [],
    parts: [{ currency: usd, kind: 'paid', age: '0-30', remaining: '91.00' }],
    totals: [{ currency: usd, remaining: '91.00', unfunded: '0.00', balance: '91.00' }],
  } satisfies Answer<'liability'>,
  Explanation: {
    sentences,
    passages: [{ heading: null, sentences }],
  } satisfies Answer<'explanation'>,
  OperationState: {
    id: '01977e5d-0a6f-7b3e-8f1c-2f9d8e7c6b5a',
    state: 'commanded',
    because: null,
    expiresAt: null,
    notedLimits: [],
    commands: [
      {
        id: '01977e5d-0b00-7a10-8000-1a2b3c4d5e6f',
        fact: 'operation:01977e5d-0a6f-7b3e-8f1c-2f9d8e7c6b5a',
        state: 'open',
        reason: '',
      },
    ],
  } satisfies Answer<'operationState'>,
  GivenBack: { commanded: 12, waiting: 0, known: 0, refused: [] },
  Approval: approval,
  ApprovalList: { approvals: [approval], next: null } satisfies Answer<'approvalList'>,
  ParkedList: { parked: [parked], next: null } satisfies Answer<'parkedList'>,
  ParkedDecision: {
    operation: '01977e5f-5d21-7f10-9a0b-7e6d5c4b3a29',
    because: null,
    parked: { ...parked, state: 'giving-back' },
  } satisfies Answer<'parkedDecision'>,
  FrozenState: { clientId: 42, frozen: true } satisfies Answer<'frozenState'>,
  SettingsRestored: {
    rule: 'cashback',
    version: 3,
    waitsFor: null,
  } satisfies Answer<'settingsRestored'>,
  Choices: {
    clientId: 42,
    usesCredit: true,
    services: [{ serviceId: 12, choice: 'first' }],
    obeyed: ['use', 'services'],
  } satisfies Answer<'choices'>,
  CreditAllowed: { invoiceId: 1203, creditAllowed: true } satisfies Answer<'creditAllowed'>,
} as const;

/** Endpoints that are not named here are given a reason and nothing else. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  proposeOperation: {
    operation: {
      kind: 'add',
      clientId: 42,
      amount: '5.00',
      grantKind: 'promotional',
      expiresOn: '2099-12-31',
    },
    reason: 'Outage of 3 November',
  },
  restoreSettings: { version: 3, reason: 'Too much was used' },
  choose: { choice: 'keep', serviceId: 12, reason: 'By phone' },
  giveBackCredit: { day: '2026-11-28', reason: 'The clock was a year ahead' },
};
export const reasonExample = { reason: 'Asked for in ticket 4711' };
