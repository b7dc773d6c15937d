import type { z } from 'zod';
import type { HookData, HookName } from '../../bridge/index.ts';
import type { EffectOf, LimitedKind } from './effect.ts';
import type { Facts, InvoiceFacts, Need } from './facts.ts';
import type { AmountPerCurrency } from './settings-schema.ts';
import type { Limit, Propose, Word } from './words.ts';

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
export type Reach = 'enforced' | 'prevented-in-page' | 'detected';

/** A switch of WHMCS (whmcs.md §1.1) without which a rule cannot do what its card says. */
export interface NeededSwitch {
  /** Its key. `NoAutoApplyCredit` says the opposite of its title: it is on where WHMCS leaves credit alone. */
  readonly setting:
    | 'AddFundsEnabled'
    | 'AddFundsRequireOrder'
    | 'NoAutoApplyCredit'
    | 'CreditOnDowngrade';
  /** What is wrong while it is off, and what to do, as two sentences for the admin. */
  readonly says: string;
  readonly remedy: string;
}

/** WHMCS's own limits for deposits by their keys (whmcs.md §1.1); what is left out has no limit. */
export interface OuterLimits {
  readonly AddFundsMinimum?: AmountPerCurrency;
  readonly AddFundsMaximum?: AmountPerCurrency;
  readonly AddFundsMaximumBalance?: AmountPerCurrency;
  readonly AddFundsRequireOrder?: boolean;
}

export interface DecideInput<P extends PointName, S> {
  readonly event: RuleEvent<P>;
  readonly facts: Facts;
  readonly settings: S;
}

/** What a rule wants, whichever rule that is. */
export interface Proposal<Kind extends LimitedKind = LimitedKind>
  extends Pick<Propose, 'fact' | 'because'> {
  /** The id of the rule that proposes. */
  readonly rule: string;
  readonly effect: EffectOf<Kind>;
}

export interface LimitInput<Kind extends LimitedKind, S> {
  readonly proposal: Proposal<Kind>;
  /** The invoice that the effect is about; null when it is about none. */
  readonly invoice: InvoiceFacts | null;
  readonly facts: Facts;
  readonly settings: S;
  /** WHMCS's local date. */
  readonly localDate: string;
}

/** By kind of effect: what a rule says to each proposal of it. Null: nothing against it. Pure, as `decide`. */
export type Limits<S> = {
  readonly [Kind in LimitedKind]?: (input: LimitInput<Kind, S>) => Limit | null;
};

interface Declared<Schema extends z.ZodType> {
  /** Kebab-case; stable for ever, since facts and settings carry it. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the admin who toggles it. */
  readonly description: string;
  readonly needs: readonly Need[];
  readonly settings: Schema;
  /** What the rule can do on each path; where it says nothing, it does nothing. */
  readonly reach: Readonly<Partial<Record<Path, Reach>>>;
  /** Switches of WHMCS that have to be on for this rule. Its card warns where one is off. */
  readonly whmcsNeeds?: readonly NeededSwitch[];
  /** The limits of WHMCS that go with these settings: only WHMCS refuses a deposit before its invoice exists. */
  readonly outerLimits?: (settings: z.output<Schema>) => OuterLimits;
}

/** A rule that is told what happened. It may limit what is proposed as well. */
export interface DecidingRule<P extends PointName, Schema extends z.ZodType>
  extends Declared<Schema> {
  readonly on: readonly P[];
  /** How many days before its due date an invoice is put before this rule in the daily run; 0 when absent. */
  readonly dueWithinDays?: (settings: z.output<Schema>) => number;
  /** Hooks whose answer this rule needs while WHMCS waits, given its settings. */
  readonly inline?: (settings: z.output<Schema>) => readonly P[];
  /** Pure: no I/O, no clock, no state. */
  readonly decide: (input: DecideInput<P, z.output<Schema>>) => readonly Word[];
  readonly limits?: Limits<z.output<Schema>>;
}

/** A rule that only limits what other rules propose, on whatever point they do. */
export interface LimitingRule<Schema extends z.ZodType> extends Declared<Schema> {
  readonly on?: never;
  readonly decide?: never;
  readonly limits: Limits<z.output<Schema>>;
}

export type Rule<P extends PointName = PointName, Schema extends z.ZodType = z.ZodType> =
  | DecidingRule<P, Schema>
  | LimitingRule<Schema>;

/**
 * Declares a rule. The literal names in `on` fix the type of the event, the schema fixes the type of the settings; the
 * same declaration gives the admin form.
 */
export function defineRule<const P extends PointName, Schema extends z.ZodType>(
  rule: DecidingRule<P, Schema>,
): DecidingRule<P, Schema>;
export function defineRule<Schema extends z.ZodType>(
  rule: LimitingRule<Schema>,
): LimitingRule<Schema>;
export function defineRule(rule: Rule): Rule {
  return rule;
}
