import { z } from 'zod';
import { amountText } from './amount.ts';
import { manifest } from './manifest.ts';
import { count, rowId, uuid, version } from './words.ts';

/** Money in a page variable; the shim formats it with WHMCS's own function. */
export const pageMoney = z.strictObject({ amount: amountText, currency: rowId });

/** What a page of WHMCS shows beside its own content. */
export const pageAnswer = z.strictObject({
  vars: z.record(z.string(), z.union([z.string(), z.int(), z.boolean(), pageMoney])).optional(),
  /** Of the payment methods that the page offers, only these are shown. */
  gateways: z.array(z.string()).optional(),
  notice: z
    .strictObject({
      type: z.enum(['success', 'info', 'warning', 'danger']),
      title: z.string(),
      message: z.string(),
    })
    .optional(),
});

/** What the shim does next with an item. The README has the table. */
export const outcome = z.enum(['accepted', 'duplicate', 'refused', 'not-visible-yet', 'retry']);
export type Outcome = z.infer<typeof outcome>;

export const deliveryResult = z.strictObject({
  id: uuid,
  outcome,
  code: z.string().optional(),
  message: z.string().optional(),
  veto: z.array(z.string()).optional(),
  mail: z.enum(['send', 'hold']).optional(),
  cancel: z.literal('abort').optional(),
  page: pageAnswer.optional(),
});

export type DeliveryResult = z.infer<typeof deliveryResult>;

export const deliveriesReply = z.strictObject({
  results: z.array(deliveryResult),
  waiting: count,
  manifest: count,
});
export type DeliveriesReply = z.infer<typeof deliveriesReply>;

export const manifestReply = z.strictObject({ manifest });
export type ManifestReply = z.infer<typeof manifestReply>;

export const pairReply = z.strictObject({
  nonce: z.string(),
  service: version,
  state: z.enum(['paired', 'other-database']),
});
export type PairReply = z.infer<typeof pairReply>;

export const runReply = z.strictObject({
  /** Null while the date is not believed. */
  run: uuid.nullable(),
  state: z.enum(['planning', 'planned', 'closed', 'held']),
  waiting: count,
  planned: count,
  left: count,
  /** How long the shim keeps the texts of mails, and commands that moved no money. */
  keep: z.strictObject({ payloadDays: z.int().positive(), recordDays: z.int().positive() }),
});
export type RunReply = z.infer<typeof runReply>;

/** A call refused as a whole. An unsigned reply has only the code. */
export const refusalReply = z.strictObject({ code: z.string(), message: z.string().optional() });
export type RefusalReply = z.infer<typeof refusalReply>;
