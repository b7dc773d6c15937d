import type {
  Caution,
  ClientOffer,
  ConditionalNeeds,
  DailyClients,
  GivesAtMost,
  NeededSwitch,
  OuterLimits,
  Path,
  PointName,
  Reach,
  RuleEvent,
  WayBack,
} from '../define-rule.ts';
import type { Facts, InvoiceFacts } from '../facts.ts';
import type { OwnHook } from '../own-hook.ts';
import type { Limit, Propose, Word } from '../words.ts';

/** One event with its facts, for every rule that listens. */
export interface Question {
  /** `invoice:9`, `client:5`, `checkout:…`; the key of its decisions. */
  readonly key: string;
  readonly event: RuleEvent<PointName>;
  readonly facts: Facts;
  /** Only these rules are asked; every rule that listens when absent. */
  readonly only?: ReadonlySet<string>;
}

/** `off`: not asked. `observe`: asked and traced, never carried out. */
export type RuleMode = 'off' | 'observe' | 'on';
export type SettingsLayer = 'installation' | 'group' | 'client';

/** One stored layer of a rule's settings. */
export interface RuleSetting {
  readonly rule: string;
  readonly mode: RuleMode;
  readonly layer: SettingsLayer;
  /** The client group's or client's id; 0 for the installation. */
  readonly layerId: number;
  readonly version: number;
  /** As stored: JSON. */
  readonly settings: unknown;
}

/** What a rule declares; known without running it. */
export interface RuleInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Events it listens to; none when it only limits. */
  readonly on: readonly string[];
  /** Those of its hooks that our catalogue does not have, as it declares them with `hook`. */
  readonly ownHooks: readonly OwnHook[];
  /** Kinds of effects it limits, on any event. */
  readonly limits: readonly string[];
  readonly needs: readonly string[];
  /** Those of `needs` that its limits need. */
  readonly limitsNeed: readonly string[];
  /** What it needs besides, by its settings. */
  readonly needsWhen: readonly ConditionalNeeds[];
  readonly reach: Readonly<Partial<Record<Path, Reach>>>;
  /** Switches of WHMCS that must be on. */
  readonly whmcsNeeds: readonly NeededSwitch[];
  /** What its page tells about some of its settings. */
  readonly cautions: readonly Caution[];
  /** Whether its settings have matching limits of WHMCS; `validateSettings` returns them. */
  readonly hasOuterLimits: boolean;
  /** JSON Schema of the stored settings. */
  readonly settingsJsonSchema: unknown;
  /** The schema's defaults, in stored form. */
  readonly defaults: unknown;
  /** `built-in`, or the file or package it was loaded from. */
  readonly source: string;
  /** Why it did not load. Such a rule is never asked; without an id of its own, its `id` is the file's name. */
  readonly problem?: string;
}

export type SettingsVerdict =
  | {
      readonly ok: true;
      /** In stored form. */
      readonly settings: unknown;
      /** How many days before its due date this rule sees an invoice. */
      readonly dueWithinDays: number;
      /** The clients that the daily run shows to it. */
      readonly dailyClients: Required<DailyClients>;
      /** Hooks that the rule must answer while WHMCS waits. */
      readonly inline: readonly string[];
      /** The limits of WHMCS that match these settings. */
      readonly outerLimits: OuterLimits;
      /** What it lets clients choose. */
      readonly offersClients: readonly ClientOffer[];
      /** What becomes of its grants when the money goes back that they follow. */
      readonly whenMoneyGoesBack: WayBack;
      /** What it gives one client within 24 hours; null for a rule that does not say so. */
      readonly givesAtMost: GivesAtMost | null;
    }
  | {
      readonly ok: false;
      readonly problems: readonly { readonly path: string; readonly message: string }[];
    };

/** One rule's answer to one question. */
export interface Said {
  /** Index into the questions. */
  readonly question: number;
  readonly key: string;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly words: readonly Word[];
}

/** One rule's limit on a proposal of its own or of another rule. */
export interface Limited {
  /** The proposal: the same object as among the answers. */
  readonly word: Propose;
  /** The rule that limits. */
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly limit: Limit;
}

/** `settings`: the stored settings no longer fit the rule. */
export type FaultKind = 'threw' | 'timeout' | 'nonsense' | 'settings';

export interface RuleFault {
  readonly rule: string;
  readonly kind: FaultKind;
  /** One sentence that names the rule and the values. */
  readonly message: string;
  /** What the rule returned, shortened. */
  readonly returned?: string;
  readonly mode: 'observe' | 'on';
  /** Where it happened: index into the questions, and its key. */
  readonly question: number;
  readonly key: string;
}

/** A proposal, for every rule that limits its effect. */
export interface AskedProposal {
  /** Index of the question it answers, and its key. */
  readonly question: number;
  readonly key: string;
  readonly facts: Facts;
  readonly localDate: string;
  /** The rule that proposes. */
  readonly rule: string;
  readonly word: Propose;
  /** The invoice that the effect concerns. */
  readonly invoice: InvoiceFacts | null;
}

/** One rule's limit on one proposal. */
export interface SaidLimit {
  /** Index into the proposals. */
  readonly proposal: number;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly limit: Limit;
}

export interface Limiting {
  readonly limits: readonly SaidLimit[];
  /** Limits of zero, for what a limiting rule was not able to answer: it failed, or is paused. */
  readonly withheld: readonly SaidLimit[];
  readonly faults: readonly RuleFault[];
}

export interface Asked {
  /** By rule, the built-in ones first. */
  readonly answers: readonly Said[];
  /** Also a limit of zero for each proposal about which a limiting rule failed, or is paused. */
  readonly limits: readonly Limited[];
  /** At most a few for each rule: a rule that keeps failing is left out for the rest of the batch. */
  readonly faults: readonly RuleFault[];
}

export interface Engine {
  rules(): readonly RuleInfo[];
  /** Checks merged settings as a whole; see `mergeSettings`. */
  validateSettings(rule: string, settings: unknown): Promise<SettingsVerdict>;
  /**
   * Asks every rule that listens, is on or observes, and is not paused: the built-in ones here, providers' rules in their
   * threads. Then asks every such rule that limits about each proposal of an effect that it limits. A provider's rule that
   * hangs is stopped with its thread and reported, and the others are asked again without it. A limit that is not known, since its
   * rule failed or is paused, counts as zero.
   *
   * @throws {RuleError} `engine-closed`, `engine-failed`
   */
  ask(
    questions: readonly Question[],
    settings: readonly RuleSetting[],
    paused: ReadonlySet<string>,
  ): Promise<Asked>;
  /**
   * Asks only the rules that limit, about proposals that no rule made.
   *
   * @throws {RuleError} `engine-closed`, `engine-failed`
   */
  limit(
    proposals: readonly AskedProposal[],
    settings: readonly RuleSetting[],
    paused: ReadonlySet<string>,
  ): Promise<Limiting>;
  /** Ends the threads and rejects open questions. Do not ask afterwards. */
  close(): Promise<void>;
}
