import type { HookAnswer, LoadedFacts } from '../../deciding/index.ts';
import type { receivedForDeposit } from '../../events/index.ts';
import type { LedgerSettings } from '../../ledger/index.ts';
import type { Need, OwnHook, PaymentFacts } from '../../rules/index.ts';
import type { WaysOff } from '../../rules/settle/index.ts';
import type { RunWishes } from '../../runs/index.ts';
import type { MoneyOfDay } from '../../whmcs/index.ts';
import type { Window } from './past-of-client.ts';

/** What clients are lived through with. */
export interface Living {
  readonly window: Window;
  readonly facts: LoadedFacts;
  readonly ledgerSettings: LedgerSettings;
  /** Which facts the rules that are asked at a point need. */
  readonly needsAt: (point: string) => ReadonlySet<Need>;
  readonly isHeard: (point: string) => boolean;
  /** What the rules that are asked at a hook declare about it; undefined when none is. */
  readonly ownHooksNamed: (hook: string) => readonly OwnHook[] | undefined;
  /** Whether WHMCS would have waited at a hook for an answer. */
  readonly answerAt: (hook: string) => HookAnswer;
  /** What the rules want to see of a daily run. */
  readonly wishes: Pick<RunWishes, 'dueWithinDays' | 'daily'>;
  /** The money of a deposit with its mass payments, as of today (`src/whmcs`). */
  readonly deposits: ReadonlyMap<number, DepositShares>;
  /** By client, where a rule asks for them: payments of the window, and money by day. */
  readonly payments: ReadonlyMap<number, readonly PaymentFacts[]>;
  readonly money: ReadonlyMap<number, readonly MoneyOfDay[]>;
  readonly waysOff: WaysOff;
}

export interface DepositShares {
  readonly depositLinesHundredths: bigint;
  readonly grossHundredths: bigint;
  /** Told several times by the gateway: counts once. */
  readonly repeatedHundredths: bigint;
  readonly containers: Parameters<typeof receivedForDeposit>[0]['containers'];
}
