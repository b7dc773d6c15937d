import type { CommandCall, CommandExpects } from '../../../bridge/for-rules/index.ts';
import type { Act, EntryKind } from '../../ledger/for-rules/index.ts';
import type { Facts } from '../facts.ts';
import type { OwnCall } from './own-action.ts';

/** The command for an effect. `commands/` adds fact, actor and time, and makes texts storable. */
export interface Command {
  readonly call: CommandCall | OwnCall;
  /** What must still be true when the shim starts it. */
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  /** What it will take from the client's balance. */
  readonly holdHundredths: bigint;
  /** One of `urgencies` in `urgency.ts`. */
  readonly urgency: number;
  /** Runs this many seconds from now, or earlier once the command for `afterFact` is settled. */
  readonly delaySeconds: number;
  readonly afterFact: string | null;
  /** Its meaning for the ledger; null when the entry alone shows it. */
  readonly terms: Terms | null;
  /** What is done once this is done, where one action of WHMCS is not enough; it comes to nothing when this does. */
  readonly next?: Omit<Command, 'next'>;
}

/** A command's meaning for the ledger, which later finds its row in WHMCS's credit log. */
export interface Terms {
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
}

/** A line for the admins on the addon page. */
export interface Notice {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** The decision that a command carries out. */
export interface Decided {
  readonly rule: string;
  readonly clientId: number;
  /** After limits, rounding and clamps. */
  readonly amountHundredths: bigint;
  readonly question: {
    readonly facts: Facts;
    readonly event: { readonly localDate: string };
  };
}
