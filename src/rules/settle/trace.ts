import type { TraceStep } from '../serving/trace-step.ts';

/**
 * `effect`: to be carried out. `observed`: would have been, but the rule only observes. `skipped`: nothing to do, or nothing
 * left to do it with. `faulted`: the rule threw, hung or returned nonsense.
 */
export type Outcome = 'effect' | 'observed' | 'skipped' | 'faulted';

/** Everything that was said and done about one decision: it answers *why this much?* */
export interface Trace {
  readonly event: string;
  readonly localDate: string;
  readonly mode: 'observe' | 'on';
  readonly outcome: Outcome;
  /** Who proposed; several when they answered the same fact. */
  readonly rules: readonly string[];
  /** The kind of the effect that was proposed. */
  readonly effect: string | null;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly currency: { readonly code: string; readonly decimals: number };
  /** What the client could spend when this proposal was served. */
  readonly spendableHundredths: bigint;
  /** What was due on the invoice at that moment; null without an invoice. */
  readonly dueHundredths: bigint | null;
  readonly reserveHundredths: bigint;
  readonly amountHundredths: bigint;
  readonly because: string;
  readonly steps: readonly TraceStep[];
  /** Index of the step that decided the amount; null when everything asked for is done. */
  readonly binding: number | null;
  /** What all rules said to this question, and to this proposal. */
  readonly said: readonly TraceWord[];
}

export interface TraceWord {
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly said: 'propose' | 'limit' | 'skip' | 'answer' | 'fault';
  readonly effect: string | null;
  readonly amountHundredths: bigint | null;
  readonly because: string;
}
