import { z } from 'zod';
import type { Word } from './words.ts';

/** Largest amount a DECIMAL(16,2) column holds. */
const AMOUNT_MAX = 9_999_999_999_999_999n;
/** Longest reason or log text; the column for reasons is as wide. */
const TEXT_MAX = 500;
/** Longest text of a mail. */
const MAIL_MAX = 10_000;
/** A mail later than a day from now is a matter for the daily run. */
const DELAY_MAX_SECONDS = 86_400;
/** As many words as one answer may have: a client with more open invoices is served on the next day. */
const WORDS_MAX = 1000;
/** As the ledger stores it. */
const PRIORITY_MAX = 1000;
/** A template has fewer variables than this. */
const PAGE_VARS_MAX = 50;

const id = z.int().positive();
const amount = z.bigint().min(0n).max(AMOUNT_MAX);
const because = z.string().min(1).max(TEXT_MAX);
/** Printable ASCII: the fact stands in an ascii column and is compared byte by byte. */
const fact = z.string().regex(/^[\x21-\x7e]{1,190}$/, {
  error: 'A fact is 1 to 190 printable ASCII characters without spaces.',
});

const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('apply'),
    invoiceId: id,
    atMostHundredths: amount.nullable(),
    wholeOnly: z.boolean(),
    reserveHundredths: amount,
    smallestRestHundredths: amount,
    noEmail: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('grant'),
    amountHundredths: amount,
    rounding: z.enum(['down', 'half-even']),
    description: z.string().min(1).max(TEXT_MAX),
    grantKind: z.enum(['promotional', 'adjustment']),
    expiresOn: z.iso.date().nullable(),
    priority: z.int().min(0).max(PRIORITY_MAX),
    followsInvoiceId: id.nullable(),
  }),
  z.strictObject({
    kind: z.literal('remove'),
    amountHundredths: amount,
    description: z.string().min(1).max(TEXT_MAX),
    from: z
      .strictObject({
        grantId: z.bigint().positive(),
        as: z.enum(['expiry', 'claw-back', 'revocation']),
      })
      .nullable(),
  }),
  z.strictObject({ kind: z.literal('cancel'), invoiceId: id }),
  z.strictObject({
    kind: z.literal('mail'),
    mail: z.union([
      z.strictObject({ template: z.string().min(1).max(255), id }),
      z.strictObject({
        subject: z.string().min(1).max(255),
        text: z.string().min(1).max(MAIL_MAX),
        about: z.enum(['invoice', 'general']),
        id,
      }),
    ]),
    delaySeconds: z.int().min(0).max(DELAY_MAX_SECONDS),
    afterFact: fact.nullable(),
    whileInvoiceIs: z.enum(['Unpaid', 'Paid', 'Cancelled']).nullable(),
  }),
  z.strictObject({
    kind: z.literal('notify'),
    level: z.enum(['info', 'warning']),
    text: z.string().min(1).max(TEXT_MAX),
  }),
]);

const word = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('propose'), fact, effect, because }),
  z.strictObject({
    say: z.literal('limit'),
    effect: z.enum(['apply', 'grant', 'remove', 'cancel', 'mail']),
    invoiceId: id.nullable(),
    proposedBy: z.string().min(1).max(64).nullable(),
    atMostHundredths: amount,
    budget: z.string().min(1).max(TEXT_MAX).nullable(),
    because,
  }),
  z.strictObject({ say: z.literal('skip'), because }),
  z.strictObject({
    say: z.literal('answer'),
    mail: z.literal('hold').exactOptional(),
    veto: z.array(z.string().min(1).max(TEXT_MAX)).max(WORDS_MAX).exactOptional(),
    pageVars: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]{0,63}$/i),
        z.union([amount, z.string().max(MAIL_MAX), z.boolean()]),
      )
      .refine((vars) => Object.keys(vars).length <= PAGE_VARS_MAX)
      .exactOptional(),
    notice: z
      .strictObject({
        type: z.enum(['success', 'info', 'warning', 'danger']),
        title: z.string().min(1).max(255),
        message: z.string().min(1).max(TEXT_MAX),
      })
      .exactOptional(),
    because,
  }),
]);

/** Every answer of a rule passes through here: what does not fit is nonsense, and is named so. */
export const wordsSchema: z.ZodType<readonly Word[]> = z.array(word).max(WORDS_MAX);
