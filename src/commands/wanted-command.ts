import type { CommandCall, CommandExpects } from '../../bridge/index.ts';
import type { Act, EntryKind } from '../ledger/index.ts';

/** What WHMCS is to be asked, for whom, and who wants it. */
export interface WantedCommand {
  /** UUIDv7. A command that carries out a decision has the decision's id. */
  readonly id: string;
  /** What it answers. At most one live command answers a fact. */
  readonly fact: string;
  /** The client whose credit or invoice it concerns; null for a setting of WHMCS. */
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  /** The rule that wants it, or the part of the service in a rule's place. */
  readonly rule: string;
  /** Texts may be anything; {@link writeCommands} makes them storable. */
  readonly call: CommandCall;
  /** What must still hold when the shim starts it. */
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  /** What it takes from the client's balance; nobody else may spend that meanwhile. */
  readonly holdHundredths: bigint;
  /** One of `urgencies`. */
  readonly urgency: number;
  readonly cause?: Cause;
  /** Not before this many seconds from now, unless the command for `afterFact` is settled earlier. */
  readonly delaySeconds?: number;
  readonly afterFact?: string | null;
  /** Run only when the command with this fact is done. */
  readonly requiresFact?: string | null;
  /** What it means to the ledger; null when its entry says that by itself. */
  readonly terms: CommandTerms | null;
}

/** The decision that a command carries out, and what led to that. */
export interface Cause {
  readonly decisionId: string;
  /** The command of ours that was running in WHMCS when the hook fired. */
  readonly causedBy: string | null;
  /** How many commands led here; 0 when none did. */
  readonly depth: number;
}

export interface CommandTerms {
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
  /** `rule:<id>`, or an actor of `operations`. */
  readonly actor: string;
  readonly reason: string;
  /** The operation by hand that it is part of. */
  readonly operationId: string | null;
}
