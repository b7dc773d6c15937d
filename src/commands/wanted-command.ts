import type { CommandCall, CommandExpects } from '../../bridge/index.ts';
import type { Act, EntryKind } from '../ledger/index.ts';
import type { OwnCall } from '../rules/settle/index.ts';

/** A command before it is written: the call to WHMCS, the client it is for, and who wants it. */
export interface WantedCommand {
  /** UUIDv7. A command that carries out a decision has the decision's id. */
  readonly id: string;
  /** The fact it answers. At most one live command answers a fact. */
  readonly fact: string;
  /** The client whose credit or invoice it concerns; null for a setting of WHMCS. */
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  /** The rule that wants it, or the part of the service that acts as one. */
  readonly rule: string;
  /** Any text is allowed; {@link writeCommands} makes it storable. */
  readonly call: CommandCall | OwnCall;
  /** What must still be true when the shim starts it. */
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  /** What it takes from the client's balance; reserved until the command is settled. */
  readonly holdHundredths: bigint;
  /** One of `urgencies`. */
  readonly urgency: number;
  readonly cause?: Cause;
  /** Runs this many seconds from now, or earlier once the command for `afterFact` is settled. */
  readonly delaySeconds?: number;
  readonly afterFact?: string | null;
  /** Runs only after the command with this fact is done. */
  readonly requiresFact?: string | null;
  /** Its meaning for the ledger; null when the entry alone shows it. */
  readonly terms: CommandTerms | null;
}

/** The decision that a command carries out, and its cause. */
export interface Cause {
  readonly decisionId: string;
  /** Our command that was running in WHMCS when the hook fired. */
  readonly causedBy: string | null;
  /** The number of commands that led here. */
  readonly depth: number;
}

export interface CommandTerms {
  readonly kind: EntryKind;
  readonly act: Act;
  readonly invoiceId: number | null;
  /** `rule:<id>`, or an actor of `operations`. */
  readonly actor: string;
  readonly reason: string;
  /** The admin's operation that it is part of. */
  readonly operationId: string | null;
}
