import { type Command, commandFor, noticeFor, storeWritesFor } from '../commands/index.ts';
import { type Notice, type Settled, type StoreWrite, writeTrace } from '../rules/settle/index.ts';

/** The origin of a decision: a delivery or a run, and our command that caused it, if any. */
export interface Origin {
  readonly deliveryId: string | null;
  readonly runId: string | null;
  /** The command that was running in WHMCS when the hook fired. */
  readonly causedBy: string | null;
  /** The number of commands that led here. */
  readonly depth: number;
}

/** A settled decision with everything to write for it. */
export interface Planned {
  readonly settled: Settled;
  readonly origin: Origin;
  /** As it is stored. */
  readonly trace: string;
  /** The command that carries it out; null when it needs none, or waits until an admin agrees. */
  readonly command: Command | null;
  /** The notice to the admins; null for most. */
  readonly notice: Notice | null;
  /** What it writes into our own tables; nothing for most. */
  readonly storeWrites: readonly StoreWrite[];
}

/** The result of writing planned decisions, as counts of rows. */
export interface Written {
  readonly decisions: number;
  readonly commands: number;
  readonly notices: number;
  /** Facts for which this batch wrote a command or notice. */
  readonly facts: ReadonlySet<string>;
}

/** Prepares everything to write for a settled decision. */
export function planned(settled: Settled, origin: Origin): Planned {
  return {
    settled,
    origin,
    trace: writeTrace(settled.trace),
    command: commandFor(settled),
    notice: noticeFor(settled),
    storeWrites: storeWritesFor(settled),
  };
}
