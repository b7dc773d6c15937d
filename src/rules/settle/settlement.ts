import type { Effect } from '../effect.ts';
import type { Question } from '../engine/index.ts';
import type { ReservationUse } from '../serving/reservations.ts';
import type { PageNotice } from '../words.ts';
import type { Outcome, Trace } from './trace.ts';

/** What each client may still spend; each served proposal reduces it. */
export type RunningBalances = Map<number, bigint>;

/** One decision. */
export interface Settled {
  readonly question: Question;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly outcome: Outcome;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly fact: string | null;
  /** As proposed; the final amount is `amountHundredths`. */
  readonly effect: Effect | null;
  /** After limits, rounding and clamps; 0 for effects without an amount and when nothing is done. */
  readonly amountHundredths: bigint;
  /** What it takes of which reservation. */
  readonly uses: readonly ReservationUse[];
  /** One sentence with the figures. */
  readonly reason: string;
  readonly trace: Trace;
}

/** The answer to WHMCS while it waits; only to `inline` and `veto` questions, and only from rules that are on. */
export interface SettledAnswer {
  /**
   * The fact of the mail that replaces WHMCS's own. Hold WHMCS's mail only when the command for this fact is written now:
   * otherwise nobody would send it.
   */
  readonly holdMailFor: string | null;
  readonly veto: readonly string[];
  readonly pageVars: Readonly<Record<string, bigint | string | boolean>>;
  /** The payment methods that every rule allows; null: all. */
  readonly gateways: readonly string[] | null;
  readonly notice?: PageNotice;
}

export interface Settlement {
  readonly question: Question;
  readonly settled: readonly Settled[];
  readonly answer: SettledAnswer | null;
}
