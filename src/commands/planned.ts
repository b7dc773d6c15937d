import type { Settled } from '../rules/settle/index.ts';

/** What made us decide: a delivery or a run, and the command of ours that led to it, if one did. */
export interface Origin {
  readonly deliveryId: string | null;
  readonly runId: string | null;
  /** The command that was running in WHMCS when the hook fired. */
  readonly causedBy: string | null;
  /** How many commands led here; 0 when none did. */
  readonly depth: number;
}

/** A settled decision and where it comes from. */
export interface Planned {
  readonly settled: Settled;
  readonly origin: Origin;
}

/** What became of the planned decisions; counts of rows. */
export interface Written {
  readonly decisions: number;
  readonly commands: number;
  readonly notices: number;
  /** Facts for which a command or notice was written now. */
  readonly facts: ReadonlySet<string>;
}
