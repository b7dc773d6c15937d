import type { z } from 'zod';
import type { HookData, HookName } from '../../bridge/for-rules/index.ts';
import type { EffectOf, LimitedKind } from './effect.ts';
import type { Facts, InvoiceFacts, Need } from './facts.ts';
import type { OwnHookData, TypedHook } from './own-hook.ts';
import type { AmountPerCurrency } from './settings-schema.ts';
import type { Limit, Propose, Word } from './words.ts';

/** Events that the service derives; all other names in `on` are hooks of WHMCS. */
export interface StepData {
  /** A deposit was paid with money: derived from InvoicePaid on an invoice with an AddFunds line (whmcs.md §4.2). */
  readonly AddFunds: { readonly invoiceId: number };
  /** A deposit invoice was created and is visible: derived from InvoiceCreated on an invoice with an AddFunds line. */
  readonly DepositCreated: { readonly invoiceId: number };
  /** Credit was added, in any way: the ledger found it in WHMCS's log. WHMCS has no hook for credit changed by hand. */
  readonly BalanceChanged: { readonly entry: bigint; readonly kind: string };
  /**
   * A payment was taken back, and WHMCS took the credit that it had given: the ledger found it in WHMCS's log. Nothing else in WHMCS
   * tells a reversal from a refund (whmcs.md §2.7). The invoice is null when the payment had none.
   */
  readonly PaymentReversed: { readonly entry: bigint; readonly invoiceId: number | null };
  /** A grant's last day is over and some of it is left. */
  readonly GrantExpiring: { readonly grantId: bigint; readonly expiresOn: string };
  /**
   * Daily, for each unpaid ordinary invoice of a client with credit that is due within the rule's horizon; also of a client
   * without, where credit was put on it and a rule that listens needs `creditOn`.
   */
  readonly DueInvoice: { readonly invoiceId: number; readonly daysToDue: number };
  /** Once on each day of WHMCS, for the clients that the rule's `dailyClients` names. */
  readonly ClientDaily: { readonly clientId: number };
}

/** A selection of clients: those with any of what it names. */
export interface DailyClients {
  readonly withBalance?: boolean;
  /** With a rest of a grant; the ledger can know of one while the balance is zero. */
  readonly withGrants?: boolean;
  /** With an active or suspended service. */
  readonly withServices?: boolean;
  /** With such a service that falls due after the day, within so many days; nobody when 0. */
  readonly servicesDueWithinDays?: number;
  /** With an unpaid invoice, due by the day, on which something is paid. */
  readonly withPartlyPaid?: boolean;
}

export type PointName = HookName | keyof StepData;

/** What a rule can listen to. `hook` declares a hook that we do not know. */
export type Point = PointName | TypedHook<string, OwnHookData>;

/** The name of its events. */
export type NameOf<P extends Point> = P extends TypedHook<infer Name, OwnHookData> ? Name : P;

export type PointData<P extends Point> = P extends keyof StepData
  ? StepData[P]
  : P extends HookName
    ? HookData<P>
    : P extends TypedHook<string, infer Data>
      ? Data
      : never;

export type RuleEvent<P extends Point> = P extends Point
  ? {
      readonly name: NameOf<P>;
      readonly data: PointData<P>;
      /** WHMCS's local date when it happened. */
      readonly localDate: string;
      /** ISO time, UTC. */
      readonly at: string;
      /** `inline` and `veto`: WHMCS waits for the answer. `run`: the daily run. */
      readonly answer: 'deferred' | 'inline' | 'veto' | 'run';
      readonly whmcsVersion: string;
    }
  : never;

/** The ways in which credit moves; a rule declares for each what it can do there. */
export type Path = 'run' | 'checkout' | 'client-form' | 'mass-payment' | 'admin' | 'api';
export type Reach = 'enforced' | 'prevented-in-page' | 'detected';

/** A switch of WHMCS (whmcs.md §1.1) that a rule needs to do what its card promises. */
export interface NeededSwitch {
  /** Its key. `NoAutoApplyCredit` means the opposite of its title: on, WHMCS does not apply credit. */
  readonly setting:
    | 'AddFundsEnabled'
    | 'AddFundsRequireOrder'
    | 'NoAutoApplyCredit'
    | 'CreditOnDowngrade';
  /** The problem while it is off, and the remedy: two sentences for the admin. */
  readonly says: string;
  readonly remedy: string;
}

/** What an admin should know about a rule: its page tells it, always or while a setting has this value. */
export interface Caution {
  /** The name of a setting, and its value; always when absent. */
  readonly setting?: string;
  readonly is?: string | boolean;
  /** From this major version of WHMCS on. */
  readonly sinceMajor: number;
  readonly says: string;
}

/**
 * What becomes of a rule's grants that follow an invoice (`followsInvoiceId`) when money of that invoice goes back.
 * `in-proportion`: the host takes the share of each that went back, while the rule is on. `by-rule`: the rule takes back
 * itself, when it hears `InvoiceRefunded`. `stays`: nobody takes anything.
 */
export const waysBack = ['in-proportion', 'by-rule', 'stays'] as const;
export type WayBack = (typeof waysBack)[number];

/**
 * The most that a rule gives one client within 24 hours, by currency. Null: there is no end. A currency that is not named gets
 * nothing.
 */
export type GivesAtMost = Readonly<Record<number, bigint | null>>;

/** WHMCS's own limits for deposits by their keys (whmcs.md §1.1); an absent key means no limit. */
export interface OuterLimits {
  readonly AddFundsMinimum?: AmountPerCurrency;
  readonly AddFundsMaximum?: AmountPerCurrency;
  readonly AddFundsMaximumBalance?: AmountPerCurrency;
  readonly AddFundsRequireOrder?: boolean;
}

export interface DecideInput<P extends Point, S> {
  readonly event: RuleEvent<P>;
  readonly facts: Facts;
  readonly settings: S;
}

/** A proposal of any rule, as limiting rules see it. */
export interface Proposal<Kind extends LimitedKind = LimitedKind>
  extends Pick<Propose, 'fact' | 'because'> {
  /** The id of the rule that proposes. */
  readonly rule: string;
  readonly effect: EffectOf<Kind>;
}

export interface LimitInput<Kind extends LimitedKind, S> {
  readonly proposal: Proposal<Kind>;
  /** The invoice that the effect concerns, or null. */
  readonly invoice: InvoiceFacts | null;
  readonly facts: Facts;
  readonly settings: S;
  /** WHMCS's local date. */
  readonly localDate: string;
}

/** By kind of effect: a function that returns the limit for a proposal, or null for none. Pure, like `decide`. */
export type Limits<S> = {
  readonly [Kind in LimitedKind]?: (input: LimitInput<Kind, S>) => Limit | null;
};

/**
 * What a client may choose on the page *Credit* while a rule that obeys it is on: `use`, whether credit is used by itself;
 * `services`, for which services it is not, and which come first.
 */
export const clientOffers = ['use', 'services'] as const;
export type ClientOffer = (typeof clientOffers)[number];

export interface ConditionalNeeds {
  /** The name of a setting, and its value. */
  readonly setting: string;
  readonly is: string | boolean;
  readonly needs: readonly Need[];
}

interface Declared<Schema extends z.ZodType> {
  /** Kebab-case; it never changes, since facts and settings contain it. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the admin who toggles it. */
  readonly description: string;
  readonly needs: readonly Need[];
  /** What it needs besides while one of its settings, in some layer, has this value: a fact that nobody asks for costs nothing. */
  readonly needsWhen?: readonly ConditionalNeeds[];
  readonly settings: Schema;
  /** What the rule can do on each path; nothing on a path that it leaves out. */
  readonly reach: Readonly<Partial<Record<Path, Reach>>>;
  /** Switches of WHMCS that must be on for this rule. Its card warns when one is off. */
  readonly whmcsNeeds?: readonly NeededSwitch[];
  readonly cautions?: readonly Caution[];
  /** The limits of WHMCS that match these settings: only WHMCS can refuse a deposit before its invoice exists. */
  readonly outerLimits?: (settings: z.output<Schema>) => OuterLimits;
  /** What it lets clients choose under these settings; they find it in `facts.preferences`. */
  readonly offersClients?: (settings: z.output<Schema>) => readonly ClientOffer[];
}

/** A rule that decides on events. It may also limit proposals. */
export interface DecidingRule<P extends Point, Schema extends z.ZodType> extends Declared<Schema> {
  readonly on: readonly P[];
  /** How many days before its due date the daily run shows an invoice to this rule; 0 when absent. */
  readonly dueWithinDays?: (settings: z.output<Schema>) => number;
  /**
   * The clients that the daily run shows to a rule with `ClientDaily`, under these settings. A setting of a group or client can widen
   * this for all, so a rule may get others, too.
   */
  readonly dailyClients?: (settings: z.output<Schema>) => DailyClients;
  /** Hooks that this rule must answer while WHMCS waits, under these settings. */
  readonly inline?: (settings: z.output<Schema>) => readonly NameOf<P>[];
  /** Pure: no I/O, no clock, no state. */
  readonly decide: (input: DecideInput<P, z.output<Schema>>) => readonly Word[];
  readonly limits?: Limits<z.output<Schema>>;
  /** What `limits` needs of `needs`; all of it when absent. Limits are asked on any event, so what they need is loaded for each. */
  readonly limitsNeed?: readonly Need[];
  /**
   * Under these settings; a rule without it may give anything. What is above the approval amount of the admin who turns it on, or
   * changes its settings, waits for a second one.
   */
  readonly givesAtMost?: (settings: z.output<Schema>) => GivesAtMost;
  /** Under these settings; `in-proportion` when absent. */
  readonly whenMoneyGoesBack?: (settings: z.output<Schema>) => WayBack;
}

/** A rule that only limits proposals of other rules, on any event. */
export interface LimitingRule<Schema extends z.ZodType> extends Declared<Schema> {
  readonly on?: never;
  readonly decide?: never;
  readonly limits: Limits<z.output<Schema>>;
}

export type Rule<P extends Point = Point, Schema extends z.ZodType = z.ZodType> =
  | DecidingRule<P, Schema>
  | LimitingRule<Schema>;

/**
 * Declares a rule. The literal names in `on` give the type of the event, the schema gives the type of the settings and
 * the admin form.
 */
export function defineRule<const P extends Point, Schema extends z.ZodType>(
  rule: DecidingRule<P, Schema>,
): DecidingRule<P, Schema>;
export function defineRule<Schema extends z.ZodType>(
  rule: LimitingRule<Schema>,
): LimitingRule<Schema>;
export function defineRule(rule: Rule): Rule {
  return rule;
}
