import { z } from 'zod';
import {
  ageBuckets,
  entryKinds,
  entryWords,
  evidences,
  grantKinds,
  grantWords,
} from '../ledger/index.ts';
import { approvalStates, operation } from '../operations/index.ts';
import { parkingStates } from '../parking/index.ts';
import { apiCodes } from './api-error.ts';

/** Schemas of the API's answers and parameters; openapi.json is made from them. Amounts are decimal strings. */

/** Schemas of answers, by the name they have in openapi.json; a part that has a name stands there once. */
export const answers = z.registry<{ id: string }>();

const ID_MAX = 4_294_967_295;
export const rowId = z.int().min(1).max(ID_MAX);
/** Sequences and ids of grants can exceed what JSON numbers hold exactly. */
export const sequence = z.string().regex(/^\d{1,19}$/, 'A number of at most 19 digits is wanted.');
export const day = z.iso.date(
  'A day that exists is wanted, written YYYY-MM-DD, such as 2026-10-31.',
);
export const amount = z.string().regex(/^-?\d{1,14}\.\d{2}$/);
const moment = z.iso.datetime().describe('UTC.');

export const currency = z
  .object({ id: rowId, code: z.string() })
  .describe('As in tblcurrencies; the code is free text in WHMCS.')
  .register(answers, { id: 'Currency' });

const names = <const T extends Readonly<Record<string, unknown>>>(table: T) =>
  Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
export const entryKind = z
  .enum(names(entryKinds))
  .describe(glossary(names(entryKinds), (kind) => entryWords[kind].name));
export const grantKind = z
  .enum(grantKinds)
  .describe(glossary(grantKinds, (kind) => grantWords[kind].forAdmins));

export const drawDown = z
  .object({
    grant: sequence,
    spend: sequence.describe('The entry that used the grant.'),
    by: sequence.describe('The entry that brought this about.'),
    direction: z.enum(['draw', 'return']),
    amount,
  })
  .register(answers, { id: 'DrawDown' });

const adminName = z.string().nullable();

export const entry = z
  .object({
    sequence,
    epoch: z.int(),
    clientId: rowId,
    currency,
    direction: z.enum(['in', 'out']).describe('Whether credit came to the client or went.'),
    amount: amount.describe('Positive.'),
    from: z.string(),
    to: z.string(),
    kind: entryKind,
    evidence: z.enum(evidences),
    invoiceId: rowId.nullable(),
    commandId: z.string().nullable(),
    adminId: rowId.nullable(),
    adminName: adminName.describe('The name the admin logs in with; not for clients.'),
    logId: rowId.nullable().describe('The row of tblcredit.'),
    revision: z.int(),
    corrects: sequence.nullable(),
    day: day.nullable().describe("WHMCS's local day; null for a zero date."),
    description: z.string(),
    reason: z.string(),
    recordedAt: moment,
  })
  .register(answers, { id: 'Entry' });

export const grant = z
  .object({
    id: sequence,
    epoch: z.int(),
    clientId: rowId,
    currency,
    kind: grantKind,
    amount,
    remaining: amount,
    openedOn: day.nullable(),
    startsOn: day.nullable(),
    expiresOn: day.nullable(),
    priority: z.int(),
    refundable: z.boolean(),
    rule: z.string(),
    commandId: z.string().nullable(),
    followsInvoiceId: rowId.nullable(),
  })
  .register(answers, { id: 'Grant' });

const next = z
  .string()
  .nullable()
  .describe('Send it as `cursor` for the rows behind; null at the end.');
export const entryList = z
  .object({ entries: z.array(entry), next })
  .register(answers, { id: 'EntryList' });
export const grantList = z
  .object({ grants: z.array(grant), next })
  .register(answers, { id: 'GrantList' });
export const entryDetail = z
  .object({
    entry,
    unfunded: amount.describe('What no grant covers yet.'),
    correctedBy: sequence.nullable(),
    drawDowns: z.array(drawDown),
    moreDrawDowns: z.boolean(),
  })
  .register(answers, { id: 'EntryDetail' });
export const grantDetail = z
  .object({
    grant,
    drawDowns: z.array(drawDown),
    moreDrawDowns: z.boolean(),
  })
  .register(answers, { id: 'GrantDetail' });

export const ledgerState = z
  .object({
    epoch: z.int(),
    state: z.string(),
    reason: z.string(),
    adoptedOn: day.nullable(),
    adoptedAt: moment.nullable(),
    lookedAt: moment.nullable(),
  })
  .register(answers, { id: 'LedgerState' });

export const balance = z
  .object({
    clientId: rowId,
    currency,
    whmcs: amount.describe("WHMCS's own balance."),
    spendable: amount.describe('What operations may still use.'),
    available: amount.describe(
      'What our rules may spend on any invoice: without what they reserve.',
    ),
    held: amount.describe('By commands on their way.'),
    reserved: amount.describe(
      'Left alone by our own rules: by proposals that wait for approval, and credit in doubt that is not parked yet.',
    ),
    reservations: z
      .array(
        z.object({
          rule: z.string(),
          amount: amount.describe('What is reserved.'),
          there: amount.describe('What of it the balance has.'),
          reservedFor: z.string(),
          until: day.nullable().describe('The last day.'),
        }),
      )
      .describe('What rules reserve: our rules spend it only on what it is reserved for.'),
    parked: amount.describe('Off the balance until somebody decides.'),
    drift: amount.nullable().describe('What WHMCS has more than the ledger, found twice.'),
    frozen: z.boolean(),
    accounts: z.array(
      z.object({
        currency,
        balance: amount.describe('By the ledger: remaining − unfunded.'),
        remaining: amount.describe('What is left of all grants: the sum of the parts.'),
        unfunded: amount.describe('What was spent and no grant covers.'),
        isOpen: z.boolean(),
        parts: z
          .array(z.object({ kind: grantKind, remaining: amount }))
          .describe('What is left, by the kind of the grants.'),
      }),
    ),
  })
  .register(answers, { id: 'Balance' });
export const clientList = z
  .object({ clients: z.array(balance), next })
  .register(answers, { id: 'ClientList' });

export const liability = z
  .object({
    day,
    basis: z.enum(['grants', 'history']),
    adoptedOn: day,
    notes: z.array(z.string()),
    parts: z.array(
      z.object({
        currency,
        kind: grantKind.nullable(),
        age: z.enum(ageBuckets.map(({ name }) => name)).describe('Days since it was given.'),
        remaining: amount,
      }),
    ),
    totals: z.array(z.object({ currency, remaining: amount, unfunded: amount, balance: amount })),
  })
  .register(answers, { id: 'Liability' });

export const explanation = z
  .object({
    sentences: z.array(z.string()).describe('All of them, in order.'),
    passages: z
      .array(z.object({ heading: z.string().nullable(), sentences: z.array(z.string()) }))
      .describe(
        'The same by what they are about: first the subject itself, then what rules decided.',
      ),
  })
  .register(answers, { id: 'Explanation' });

export const reason = z.string().trim().min(1).max(500).describe('Stays with the entry for ever.');

export const frozenState = z
  .object({ clientId: rowId, frozen: z.boolean() })
  .register(answers, { id: 'FrozenState' });

export const creditAllowed = z
  .object({ invoiceId: rowId, creditAllowed: z.boolean() })
  .register(answers, { id: 'CreditAllowed' });

export const choices = z
  .object({
    clientId: rowId,
    usesCredit: z.boolean().describe('Whether credit is used by itself.'),
    services: z
      .array(z.object({ serviceId: rowId, choice: z.enum(['keep', 'first']) }))
      .describe('Services for which it is not, and those that come first.'),
    obeyed: z
      .array(z.enum(['use', 'services']))
      .describe(
        'What of it a rule obeys at present: `use`, whether credit is used by itself; `services`, the choices for services.',
      ),
  })
  .register(answers, { id: 'Choices' });

export const settingsRestored = z
  .object({
    rule: z.string(),
    version: rowId.describe('The one that was asked for; it is saved as a new one.'),
    waitsFor: z
      .string()
      .nullable()
      .describe('The proposal that a second admin decides; null when it applies.'),
  })
  .register(answers, { id: 'SettingsRestored' });

export const approval = z
  .object({
    id: z.string(),
    operation: operation
      .nullable()
      .describe('null when what is stored cannot be read: reject it, and propose it anew.'),
    amount,
    currency: currency.nullable(),
    state: z.enum(approvalStates),
    reason: z.string(),
    proposedBy: z.string(),
    proposedByName: adminName,
    proposedAt: moment,
    expiresAt: moment,
    decidedBy: z.string().nullable(),
    decidedByName: adminName,
    decidedAt: moment.nullable(),
    decisionReason: z.string(),
  })
  .register(answers, { id: 'Approval' });
export const approvalList = z
  .object({ approvals: z.array(approval), next })
  .register(answers, { id: 'ApprovalList' });

export const parked = z
  .object({
    id: z.string(),
    clientId: rowId,
    currency,
    amount: amount.describe('While it is reserved: what is to be parked at most.'),
    state: z
      .enum(parkingStates)
      .describe(
        '`reserved`: still part of the balance, and our rules leave it alone. `parked`: off the balance until somebody decides. `giving-back`, `given-back`, `kept`: somebody decided. `released`: given back before it was parked. `spent`: it was used before it could be parked. `without-credit`: WHMCS made no credit of its own of that payment.',
      ),
    reason: z.string().describe('Why it waits.'),
    rule: z.string().nullable().describe('The rule that parked it.'),
    until: day.nullable().describe('The last day on which it waits; then it comes back by itself.'),
    invoiceId: rowId.nullable(),
    transactionId: rowId.nullable().describe('The row of tblaccounts that is in doubt.'),
    grant: sequence.nullable().describe('Where it was taken from.'),
    entry: sequence.nullable().describe('The entry that took it off the balance.'),
    foundAt: moment,
    settledAt: moment.nullable(),
    decidedBy: z.string().nullable(),
    decidedByName: adminName,
    decisionReason: z.string(),
  })
  .register(answers, { id: 'Parked' });
export const parkedList = z
  .object({ parked: z.array(parked), next })
  .register(answers, { id: 'ParkedList' });
export const parkedDecision = z
  .object({
    operation: z.string().describe('Id of the decision as an operation.'),
    because: z.string().nullable().describe('Why a second admin has to agree first.'),
    parked,
  })
  .register(answers, { id: 'ParkedDecision' });

export const operationState = z
  .object({
    id: z.string(),
    state: z
      .enum(['commanded', 'waits-for-approval', 'rejected', 'withdrawn', 'expired'])
      .describe('`commanded`: WHMCS is asked for it; the commands say what became of it.'),
    because: z.string().nullable().describe('Why a second admin has to agree.'),
    expiresAt: moment.nullable(),
    notedLimits: z
      .array(z.string())
      .describe('What rules would have limited; what is done by hand is not limited, only noted.'),
    commands: z.array(
      z.object({ id: z.string(), fact: z.string(), state: z.string(), reason: z.string() }),
    ),
  })
  .register(answers, { id: 'OperationState' });

export const apiError = z
  .object({
    code: z.enum(apiCodes),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .register(answers, { id: 'Error' });

/** What each kind is called on the addon page. */
function glossary<Kind extends string>(
  kinds: readonly Kind[],
  nameOf: (kind: Kind) => string,
): string {
  return `${kinds.map((kind) => `\`${kind}\`: ${nameOf(kind)}`).join('; ')}.`;
}
