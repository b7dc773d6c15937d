import { z } from 'zod';
import { formatAmount, parseAmount } from '../../money/index.ts';
import type { TraceStep } from '../serving/trace-step.ts';
import type { Trace, TraceWord } from './trace.ts';

/**
 * Writes a trace for storage: JSON, amounts as decimal strings. What most traces have alike is left out: a daily run writes hundreds of
 * thousands.
 */
export function writeTrace(trace: Trace): string {
  return JSON.stringify({
    ...trace,
    mode: writeMode(trace.mode),
    effect: trace.effect ?? undefined,
    invoiceId: trace.invoiceId ?? undefined,
    spendableHundredths: formatAmount(trace.spendableHundredths),
    dueHundredths: writeAmount(trace.dueHundredths),
    reserveHundredths: writeAmount(trace.reserveHundredths || null),
    amountHundredths: formatAmount(trace.amountHundredths),
    steps: trace.steps.length === 0 ? undefined : trace.steps.map(writeStep),
    binding: trace.binding ?? undefined,
    said: trace.said.map(writeWord),
  });
}

function writeStep(step: TraceStep) {
  return {
    ...step,
    beforeHundredths: formatAmount(step.beforeHundredths),
    afterHundredths: formatAmount(step.afterHundredths),
  };
}

function writeWord(word: TraceWord) {
  return {
    ...word,
    mode: writeMode(word.mode),
    effect: word.effect ?? undefined,
    amountHundredths: writeAmount(word.amountHundredths),
  };
}

function writeMode(mode: Trace['mode']): Trace['mode'] | undefined {
  return mode === 'on' ? undefined : mode;
}

function writeAmount(hundredths: bigint | null): string | undefined {
  return hundredths === null ? undefined : formatAmount(hundredths);
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
const mode = z.enum(['observe', 'on']).default('on');

const step = z.object({
  step: z.enum(['asked', 'limit', 'reserve', 'balance', 'whole', 'rest', 'round', 'approval']),
  rule: z.string().nullable(),
  because: z.string(),
  beforeHundredths: amount,
  afterHundredths: amount,
});

const traceSchema = z.object({
  event: z.string(),
  localDate: z.string(),
  mode,
  outcome: z.enum(['effect', 'waits', 'observed', 'skipped', 'faulted']),
  rules: z.array(z.string()),
  effect: z.string().nullable().default(null),
  clientId: z.int(),
  invoiceId: z.int().nullable().default(null),
  currency: z.object({ code: z.string(), decimals: z.int() }),
  spendableHundredths: amount,
  dueHundredths: amount.nullable().default(null),
  reserveHundredths: amount.default(0n),
  amountHundredths: amount,
  because: z.string(),
  steps: z.array(step).default([]),
  binding: z.int().nullable().default(null),
  said: z.array(
    z.object({
      rule: z.string(),
      mode,
      said: z.enum(['propose', 'limit', 'skip', 'answer', 'fault']),
      effect: z.string().nullable().default(null),
      amountHundredths: amount.nullable().default(null),
      because: z.string(),
    }),
  ),
}) satisfies z.ZodType<Trace>;
