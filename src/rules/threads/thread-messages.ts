import type {
  AskedProposal,
  Limiting,
  Question,
  RuleInfo,
  RuleSetting,
  SettingsVerdict,
} from '../engine/engine.ts';
import type { Decided } from '../engine/evaluate.ts';
import type { RuleSource } from '../engine/rule-sources.ts';

/** The data that a thread starts with. */
export interface ThreadStart {
  readonly progress: SharedArrayBuffer;
  readonly sources: readonly RuleSource[];
  /** Ids of the built-in rules, with the source of each. */
  readonly taken: ReadonlyMap<string, string>;
}

/** Messages to a thread; it works on one at a time. */
export type ToThread =
  | {
      readonly kind: 'ask';
      readonly asked:
        | { readonly kind: 'decide'; readonly questions: readonly Question[] }
        | { readonly kind: 'limit'; readonly proposals: readonly AskedProposal[] };
      /** Null: the same as before. */
      readonly settings: readonly RuleSetting[] | null;
      readonly leftOut: ReadonlySet<string>;
    }
  | { readonly kind: 'validate'; readonly rule: string; readonly settings: unknown };

/** Messages from a thread: `ready` once, then one answer to each message. */
export type FromThread =
  | {
      readonly kind: 'ready';
      readonly infos: readonly RuleInfo[];
      /** The rules that can be asked, in the order in which progress counts them. */
      readonly ids: readonly string[];
    }
  | { readonly kind: 'decided'; readonly decided: Decided }
  | { readonly kind: 'limited'; readonly limiting: Limiting }
  | { readonly kind: 'judged'; readonly verdict: SettingsVerdict }
  /** The thread's own code failed; no rule is the cause. */
  | { readonly kind: 'failed'; readonly message: string };
