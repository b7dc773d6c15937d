import { z } from 'zod';
import { positiveAmountText } from '../../bridge/index.ts';
import { effectOperation } from '../commands/index.ts';
import { acceptedKinds, originsIn, originsOut } from '../ledger/index.ts';
import { CURRENCIES_MAX } from './limits.ts';

/**
 * What an admin may ask for by hand. Pages, API and command line read their input with these schemas; the same JSON is kept
 * while an operation waits for approval. Amounts are decimal strings in the client's currency.
 */

/** WHMCS's ids are unsigned 32-bit numbers. */
const rowId = z.int().positive().max(4_294_967_295);
const clientId = rowId.describe('Number of the client.');
const grantId = z.string().regex(/^[1-9]\d{0,19}$/, 'A grant is named by its number.');
const day = z.iso.date('A day that exists is wanted, written YYYY-MM-DD.');

const amount = positiveAmountText.describe('In the client’s currency, such as 25.00.');
const fromGrant = grantId
  .nullable()
  .default(null)
  .describe('Only from this grant; what is transferred keeps its kind and days.');

/** What the client may read of it; internal reasons do not belong here. */
const description = z
  .string()
  .trim()
  .min(1)
  .max(190)
  .nullable()
  .default(null)
  .describe('Words in WHMCS’s credit log, which clients may read.');

const givenKind = z.enum(['promotional', 'adjustment', 'paid', 'refund']);

/** The terms that credit given by hand may have. */
export const givenTerms = {
  grantKind: givenKind.describe('What kind of credit it is.'),
  startsOn: day
    .nullable()
    .default(null)
    .describe('First day on which it can be used, YYYY-MM-DD; at once when absent.'),
  expiresOn: day
    .nullable()
    .default(null)
    .describe('Last day on which it can be used, YYYY-MM-DD; without an end when absent.'),
  priority: z.int().min(0).max(1000).default(100).describe('Smaller is used first.'),
  refundable: z.boolean().default(false).describe('It may be paid out.'),
} as const;

/** Credit is given. */
export const addOperation = z.strictObject({
  kind: z.literal('add'),
  clientId,
  amount,
  ...givenTerms,
  description,
});

/** Credit is taken, from one grant or in the usual order. */
export const deductOperation = z.strictObject({
  kind: z.literal('deduct'),
  clientId,
  amount,
  grantId: fromGrant,
  description,
});

/**
 * Credit moves to another client with the same currency. Out of one grant it keeps that grant's kind, days and priority; else
 * it is drawn in the usual order and arrives as the kind named.
 */
export const transferOperation = z.strictObject({
  kind: z.literal('transfer'),
  clientId,
  toClientId: rowId.describe('Number of the client who gets it.'),
  amount,
  grantId: fromGrant,
  grantKind: givenKind
    .default('adjustment')
    .describe('What it arrives as, when no grant is named.'),
});

/** What remains of one grant is taken. */
export const revokeOperation = z.strictObject({
  kind: z.literal('revoke'),
  clientId,
  grantId: grantId.describe('Number of the grant.'),
  description,
});

/** The part of a grant whose money went back to the payer is taken. */
export const reclaimOperation = z.strictObject({
  kind: z.literal('reclaim'),
  clientId,
  grantId: grantId.describe('Number of the grant.'),
  description,
});

/** Credit comes back from an invoice, to the grants that it was drawn from. */
export const returnOperation = z.strictObject({
  kind: z.literal('return'),
  clientId,
  invoiceId: rowId.describe('Number of the invoice that has the credit.'),
  amount,
});

/** Credit of one grant is taken off the balance until somebody decides about it. */
export const parkOperation = z.strictObject({
  kind: z.literal('park'),
  clientId,
  grantId: grantId.describe('Number of the grant.'),
  amount: positiveAmountText
    .nullable()
    .default(null)
    .describe(
      'In the client’s currency, such as 25.00; all that is left of the grant when absent.',
    ),
  description,
});

const parking = z.uuidv7().describe('Id of the parked credit.');

/** Parked credit comes back, with its kind and last day; credit that is only reserved may be used again. */
export const unparkOperation = z.strictObject({ kind: z.literal('unpark'), clientId, parking });

/** Parked credit does not come back. */
export const keepOperation = z.strictObject({ kind: z.literal('keep'), clientId, parking });

/** A difference between WHMCS and the ledger is put right in WHMCS. Only the guided repair asks for it. */
export const correctOperation = z.strictObject({
  kind: z.literal('correct'),
  clientId: rowId,
  direction: z.enum(['add', 'remove']),
  amount: positiveAmountText,
  /** The entry by which the ledger accepted the difference; the command's movement takes it back, to the grant. */
  undoes: grantId.nullable().default(null),
});

/** Credit that was taken too early comes back to the grant it was taken from. Only `giveBackExpired` asks for it. */
export const giveBackOperation = z.strictObject({
  kind: z.literal('give-back'),
  clientId: rowId,
  amount: positiveAmountText,
  /** The entry by which it was taken. */
  entry: grantId,
});

/** A balance with its sign, as it was seen. */
const seenBalance = z.string().regex(/^-?\d{1,15}\.\d{2}$/);

/** WHMCS is right about a difference: it becomes an entry of the ledger. Only the guided repair asks for it. */
export const acceptOperation = z.strictObject({
  kind: z.literal('accept'),
  clientId: rowId,
  currencyId: rowId,
  whmcs: seenBalance,
  ledger: seenBalance,
  /** What the credit is that nobody logged. */
  as: z.enum(acceptedKinds),
});

/** An entry that nobody could explain gets its origin. Only the guided repair asks for it. */
export const explainOperation = z.strictObject({
  kind: z.literal('explain'),
  clientId: rowId,
  entry: grantId,
  origin: z.enum([...new Set([...originsIn, ...originsOut])]),
  invoiceId: rowId.nullable().default(null),
});

/** Value of `rule` in commands of operations. */
export const OPERATION_RULE = 'operation';

/** What is put right in the ledger alone. */
export type RepairOperation = z.output<typeof acceptOperation> | z.output<typeof explainOperation>;

/** From which amount a second admin has to agree, by currency; a currency that is not named needs nobody. */
export const approvalAmounts = z
  .record(z.string().regex(/^[1-9]\d{0,9}$/), positiveAmountText)
  .refine((amounts) => Object.keys(amounts).length <= CURRENCIES_MAX);

/** The approval amounts themselves are changed; raising or removing one needs a second admin, too. */
export const thresholdOperation = z.strictObject({
  kind: z.literal('threshold'),
  amounts: approvalAmounts,
});

/** Settings of a rule by which it may give more than one admin may do alone; `now` is null for settings that are removed. */
export const ruleOperation = z.strictObject({
  kind: z.literal('rule'),
  rule: z.string().min(1).max(64),
  layer: z.enum(['installation', 'group', 'client']),
  layerId: z.int().min(0),
  now: z
    .strictObject({
      mode: z.enum(['off', 'observe', 'on']),
      settings: z.record(z.string(), z.unknown()),
    })
    .nullable(),
  /** The version of these settings that was seen; 0 when there were none. */
  basedOn: z.int().min(0),
});
export type RuleOperation = z.output<typeof ruleOperation>;

const MANUAL = [
  addOperation,
  deductOperation,
  transferOperation,
  revokeOperation,
  reclaimOperation,
  returnOperation,
  parkOperation,
] as const;

/** What may be asked for from outside: by a page, the API or the command line. */
export const manualOperation = z.discriminatedUnion('kind', MANUAL);
export type ManualOperation = z.output<typeof manualOperation>;

/** Everything that moves credit by hand. */
export const creditOperation = z.discriminatedUnion('kind', [
  ...MANUAL,
  correctOperation,
  giveBackOperation,
  unparkOperation,
  keepOperation,
]);
export type CreditOperation = z.output<typeof creditOperation>;

/** Everything that may wait for approval. */
export const operation = z.discriminatedUnion('kind', [
  ...MANUAL,
  correctOperation,
  giveBackOperation,
  unparkOperation,
  keepOperation,
  acceptOperation,
  explainOperation,
  thresholdOperation,
  ruleOperation,
  effectOperation,
]);
export type Operation = z.output<typeof operation>;

/** Every kind that an operation can have. */
export const operationKinds: readonly Operation['kind'][] = operation.options.map(
  ({ shape }) => shape.kind.value,
);

/** The clients that an operation is about, each once, in the order in which they are locked. */
export function clientsOf(one: Operation): readonly number[] {
  if (one.kind === 'threshold' || one.kind === 'rule') return [];
  const ids = one.kind === 'transfer' ? [one.clientId, one.toClientId] : [one.clientId];
  return [...new Set(ids)].sort((a, b) => a - b);
}
