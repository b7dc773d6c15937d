import type { RuleInfo, RuleSetting, SettingsVerdict } from './engine.ts';
import type { Packed } from './pack/packed.ts';
import type { RuleSource } from './rule-sources.ts';

/** What the rules' thread is started with. */
export interface ThreadStart {
  readonly progress: SharedArrayBuffer;
  readonly sources: readonly RuleSource[];
}

/** What the thread is told; it works on one message at a time. */
export type ToThread =
  | {
      readonly kind: 'ask';
      readonly questions: Packed;
      /** Null: the same as before. */
      readonly settings: readonly RuleSetting[] | null;
      readonly leftOut: ReadonlySet<string>;
    }
  | { readonly kind: 'validate'; readonly rule: string; readonly settings: unknown };

/** What the thread answers: `ready` once, then one answer to each message. */
export type FromThread =
  | {
      readonly kind: 'ready';
      readonly infos: readonly RuleInfo[];
      /** The rules that can be asked, in the order in which progress counts them. */
      readonly ids: readonly string[];
    }
  | { readonly kind: 'said'; readonly answers: Packed }
  | { readonly kind: 'judged'; readonly verdict: SettingsVerdict }
  /** The thread's own code failed; no rule is to blame. */
  | { readonly kind: 'failed'; readonly message: string };
