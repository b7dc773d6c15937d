import type { Db } from '../db/index.ts';
import type { Operations } from '../operations/index.ts';
import type { Engine, RuleInfo } from '../rules/engine/index.ts';

/** What endpoints work with, for a call by HTTP or from the command line. */
export interface ApiContext {
  readonly db: Db;
  readonly operations: Pick<
    Operations,
    | 'propose'
    | 'approve'
    | 'approveInShell'
    | 'reject'
    | 'withdraw'
    | 'freeze'
    | 'unfreeze'
    | 'allowCredit'
    | 'leaveAlone'
    | 'choose'
    | 'changeRule'
  >;
  /** Explanations call rules by their titles. */
  readonly rules: () => readonly RuleInfo[];
  readonly validateSettings: Engine['validateSettings'];
  /** Called when commands were written, so that WHMCS runs them soon. */
  readonly onCommands: () => void;
  readonly now: () => Date;
}
