import { z } from 'zod';
import { formatAmount, parseAmount } from '../../money/index.ts';
import type { Trace } from './trace.ts';

/** Writes a trace for storage: JSON, amounts as decimal strings. A daily run writes hundreds of thousands. */
export function writeTrace(trace: Trace): string {
  return JSON.stringify({
    ...trace,
    spendableHundredths: formatAmount(trace.spendableHundredths),
    dueHundredths: maybe(trace.dueHundredths),
    reserveHundredths: formatAmount(trace.reserveHundredths),
    amountHundredths: formatAmount(trace.amountHundredths),
    steps: trace.steps.map((step) => ({
      ...step,
      beforeHundredths: formatAmount(step.beforeHundredths),
      afterHundredths: formatAmount(step.afterHundredths),
    })),
    said: trace.said.map((word) => ({ ...word, amountHundredths: maybe(word.amountHundredths) })),
  });
}

function maybe(hundredths: bigint | null): string | null {
  return hundredths === null ? null : formatAmount(hundredths);
}

/**
 * Reads a stored trace.
 *
 * @throws {z.ZodError} when it is not a trace
 */
export function readTrace(text: string): Trace {
  return traceSchema.parse(JSON.parse(text));
}

const amount = z.string().transform((text) => parseAmount(text));
const mode = z.enum(['observe', 'on']);

const traceSchema = z.object({
  event: z.string(),
  localDate: z.string(),
  mode,
  outcome: z.enum(['effect', 'waits', 'observed', 'skipped', 'faulted']),
  rules: z.array(z.string()),
  effect: z.string().nullable(),
  clientId: z.int(),
  invoiceId: z.int().nullable(),
  currency: z.object({ code: z.string(), decimals: z.int() }),
  spendableHundredths: amount,
  dueHundredths: amount.nullable(),
  reserveHundredths: amount,
  amountHundredths: amount,
  because: z.string(),
  steps: z.array(
    z.object({
      step: z.enum(['asked', 'limit', 'reserve', 'balance', 'whole', 'rest', 'round', 'approval']),
      rule: z.string().nullable(),
      because: z.string(),
      beforeHundredths: amount,
      afterHundredths: amount,
    }),
  ),
  binding: z.int().nullable(),
  said: z.array(
    z.object({
      rule: z.string(),
      mode,
      said: z.enum(['propose', 'limit', 'skip', 'answer', 'fault']),
      effect: z.string().nullable(),
      amountHundredths: amount.nullable(),
      because: z.string(),
    }),
  ),
}) satisfies z.ZodType<Trace>;
