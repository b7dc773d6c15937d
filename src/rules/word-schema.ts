import { z } from 'zod';
import { effectSchema } from './effect.ts';
import { amount, text as because, fact, MAIL_MAX, TEXT_MAX, turn } from './serving/members.ts';
import type { Limit, Word } from './words.ts';

/** The most words in one answer; a client with more open invoices is served the next day. */
const WORDS_MAX = 1000;
/** A rule has few limits on its own proposals. */
const OWN_LIMITS_MAX = 10;
/** A template has fewer variables than this. */
const PAGE_VARS_MAX = 50;

const limit = z.strictObject({
  atMostHundredths: amount,
  budget: z.string().min(1).max(TEXT_MAX).nullable(),
  untilAgreed: z.literal(true).exactOptional(),
  turn: turn.exactOptional(),
  because,
});

const word = z.discriminatedUnion('say', [
  z.strictObject({
    say: z.literal('propose'),
    fact,
    effect: effectSchema,
    limits: z.array(limit).max(OWN_LIMITS_MAX).exactOptional(),
    quiet: z.literal(true).exactOptional(),
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
    gateways: z.array(z.string().min(1).max(TEXT_MAX)).max(PAGE_VARS_MAX).exactOptional(),
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

/** Checks every answer of a rule; one that does not fit is reported as nonsense. */
export const wordsSchema: z.ZodType<readonly Word[]> = z.array(word).max(WORDS_MAX);

/** Checks a rule's limit on a proposal; null: no limit. */
export const limitSchema: z.ZodType<Limit | null> = limit.nullable();
