import type { CommandCall, CommandExpects } from '../../../bridge/index.ts';
import type { Act, EntryKind } from '../../ledger/index.ts';
import type { Facts } from '../facts.ts';

/** What WHMCS is asked to do for an effect. Whoever writes the command adds fact, actor and time, and makes texts storable. */
export interface Command {
  readonly call: CommandCall;
  /** What must still hold when the shim starts it. */
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  /** What it will take from the client's balance. */
  readonly holdHundredths: bigint;
  /** One of `urgencies` in `urgency.ts`. */
  readonly urgency: number;
  /** Not before this many seconds from now, unless the command for `afterFact` is settled earlier. */
  readonly delaySeconds: number;
  readonly afterFact: string | null;
  /** What it means to the ledger; null when its entry says that by itself. */
  readonly terms: Terms | null;
}

/** What a command means to the ledger, which meets it again as a row of WHMCS's credit log. */
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

/** What a command needs to know of the decision it carries out. */
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
