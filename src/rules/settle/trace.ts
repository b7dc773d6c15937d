import type { TraceStep } from '../serving/trace-step.ts';

/**
 * `effect`: carried out. `waits`: carried out once an admin agrees. `observed`: not carried out, because the rule only observes. `skipped`: nothing to do, or no credit
 * left for it. `faulted`: the rule threw, hung or returned nonsense.
 */
export type Outcome = 'effect' | 'waits' | 'observed' | 'skipped' | 'faulted';

/** Everything behind one decision: it answers *why this much?* */
export interface Trace {
  readonly event: string;
  readonly localDate: string;
  readonly mode: 'observe' | 'on';
  readonly outcome: Outcome;
  /** The rules that proposed it; several when they answered the same fact. */
  readonly rules: readonly string[];
  /** The kind of the proposed effect. */
  readonly effect: string | null;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly currency: { readonly code: string; readonly decimals: number };
  /** What the client could spend before this proposal. */
  readonly spendableHundredths: bigint;
  /** The amount due on the invoice at that moment; null without an invoice. */
  readonly dueHundredths: bigint | null;
  readonly reserveHundredths: bigint;
  readonly amountHundredths: bigint;
  readonly because: string;
  readonly steps: readonly TraceStep[];
  /** Index of the step that decided the amount; null when the full asked amount is done. */
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
