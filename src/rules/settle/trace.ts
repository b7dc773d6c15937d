import type { Effect } from '../words.ts';
import type { Outcome } from './settlement.ts';

/** One thing that bore on the amount, in the order in which it was looked at. */
export interface TraceStep {
  /**
   * `asked`: the proposal's own cap. `limit`: a rule's limit. `reserve`: credit that stays with the client. `balance`: there
   * is no more. `whole`: not enough for the whole, so nothing. `rest`: less, so that no too small rest stays due. `round`:
   * the currency has no smaller unit.
   */
  readonly step: 'asked' | 'limit' | 'reserve' | 'balance' | 'whole' | 'rest' | 'round';
  readonly rule: string | null;
  readonly because: string;
  readonly beforeHundredths: bigint;
  readonly afterHundredths: bigint;
}

/** Everything that was said and done about one decision: it answers *why this much?* */
export interface Trace {
  readonly event: string;
  readonly localDate: string;
  readonly mode: 'observe' | 'on';
  readonly outcome: Outcome;
  /** Who proposed; several when they answered the same fact. */
  readonly rules: readonly string[];
  readonly effect: Effect['kind'] | null;
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
  /** What all rules said to this question. */
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
