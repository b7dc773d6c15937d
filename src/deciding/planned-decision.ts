import { type Command, commandFor, noticeFor } from '../commands/index.ts';
import { type Notice, type Settled, writeTrace } from '../rules/settle/index.ts';

/** What made us decide: a delivery or a run, and the command of ours that led to it, if one did. */
export interface Origin {
  readonly deliveryId: string | null;
  readonly runId: string | null;
  /** The command that was running in WHMCS when the hook fired. */
  readonly causedBy: string | null;
  /** How many commands led here; 0 when none did. */
  readonly depth: number;
}

/** A settled decision with all that is written of it. */
export interface Planned {
  readonly settled: Settled;
  readonly origin: Origin;
  /** As it is stored. */
  readonly trace: string;
  /** What carries it out; null where nothing is asked of WHMCS. */
  readonly command: Command | null;
  /** What the admins are told; null for most. */
  readonly notice: Notice | null;
}

/** What became of the planned decisions; counts of rows. */
export interface Written {
  readonly decisions: number;
  readonly commands: number;
  readonly notices: number;
  /** Facts for which a command or notice was written now. */
  readonly facts: ReadonlySet<string>;
}

/** What is to be written of a settled decision. */
export function planned(settled: Settled, origin: Origin): Planned {
  return {
    settled,
    origin,
    trace: writeTrace(settled.trace),
    command: commandFor(settled),
    notice: noticeFor(settled),
  };
}
