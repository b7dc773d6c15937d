import type { z } from 'zod';
import type { HookData, HookName } from '../../bridge/index.ts';
import type { Facts, Need } from './facts.ts';
import type { Word } from './words.ts';

/** Points that the service derives; the rest of `on` are hooks of WHMCS under their own names. */
export interface StepData {
  /** A deposit was paid with money: derived from InvoicePaid on an invoice with an AddFunds line (whmcs.md §4.2). */
  readonly AddFunds: { readonly invoiceId: number };
  /** Credit came, whichever way: the ledger found it in WHMCS's log. No hook tells of credit that is changed by hand. */
  readonly BalanceChanged: { readonly entry: bigint; readonly kind: string };
  /** A grant's last day is over and something is left of it. */
  readonly GrantExpiring: { readonly grantId: bigint; readonly expiresOn: string };
  /** Daily, for each unpaid ordinary invoice of a client with credit that is due within the rule's horizon. */
  readonly DueInvoice: { readonly invoiceId: number; readonly daysToDue: number };
}

export type PointName = HookName | keyof StepData;

export type PointData<P extends PointName> = P extends keyof StepData
  ? StepData[P]
  : P extends HookName
    ? HookData<P>
    : never;

export type RuleEvent<P extends PointName> = {
  readonly [K in P]: {
    readonly name: K;
    readonly data: PointData<K>;
    /** WHMCS's local date when it happened. */
    readonly localDate: string;
    /** ISO time, UTC. */
    readonly at: string;
    /** `inline` and `veto`: WHMCS waits for the answer. `run`: the daily run. */
    readonly answer: 'deferred' | 'inline' | 'veto' | 'run';
    readonly whmcsVersion: string;
  };
}[P];

/** The ways by which credit moves; a rule says of each what it can do there. */
export type Path = 'run' | 'checkout' | 'client-form' | 'mass-payment' | 'admin' | 'api';
export type Reach = 'enforced' | 'prevented-in-page' | 'detected' | 'not-applicable';

export interface DecideInput<P extends PointName, S> {
  readonly event: RuleEvent<P>;
  readonly facts: Facts;
  readonly settings: S;
}

export interface Rule<P extends PointName = PointName, Schema extends z.ZodType = z.ZodType> {
  /** Kebab-case; stable for ever, since facts and settings carry it. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the admin who toggles it. */
  readonly description: string;
  readonly on: readonly P[];
  readonly needs: readonly Need[];
  readonly settings: Schema;
  readonly reach: Readonly<Record<Path, Reach>>;
  /** How many days before its due date an invoice is put before this rule in the daily run; 0 when absent. */
  readonly dueWithinDays?: (settings: z.output<Schema>) => number;
  /** Hooks whose answer this rule needs while WHMCS waits, given its settings. */
  readonly inline?: (settings: z.output<Schema>) => readonly P[];
  /** Pure: no I/O, no clock, no state. */
  readonly decide: (input: DecideInput<P, z.output<Schema>>) => readonly Word[];
}

/**
 * Declares a rule. The literal names in `on` fix the type of the event, the schema fixes the type of the settings; the
 * same declaration gives the admin form.
 */
export function defineRule<const P extends PointName, Schema extends z.ZodType>(
  rule: Rule<P, Schema>,
): Rule<P, Schema> {
  return rule;
}
