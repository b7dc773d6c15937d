import type { InboxPage } from '../deciding/index.ts';

/** One day's run of WHMCS's local date. */
export interface Run {
  readonly id: string;
  /** `YYYY-MM-DD` in WHMCS's zone. */
  readonly date: string;
  readonly zone: string;
  readonly state: RunState;
}

/**
 * `planning`: pages are left. `planned`: none is. `closing`: the day ends, and every page is looked through once more for
 * invoices that WHMCS made since. `closed`: nothing is planned for this date any more.
 */
export type RunState = 'planning' | 'planned' | 'closing' | 'closed';

/** A range of clients that this process may plan, until somebody else takes it with a higher fence. */
export interface Claim {
  readonly run: Run;
  readonly from: number;
  readonly to: number;
  readonly fence: bigint;
}

/** What the daily run needs of the database. `src/db` implements it; every claim and every change of state is committed. */
export interface RunStore {
  /**
   * The run of this date. When there is none it is made, cut into pages, and runs of earlier dates are closed: what was due on
   * a missed day is due today.
   */
  begin(run: { readonly id: string; readonly date: string; readonly zone: string }): Promise<Run>;
  /** The run that is not over yet, if there is one. */
  unfinished(): Promise<Run | null>;
  /** The day ends: opens every page again, also those somebody is planning now. Does nothing a second time. */
  sweep(runId: string): Promise<void>;
  /**
   * Takes a page that is open, or whose holder let the time run out. Pages far apart are given to different takers:
   * neighbours would wait for each other's locks.
   *
   * @param except first client ids of pages that this taker leaves to others.
   */
  claim(run: Run, leaseSeconds: number, except: ReadonlySet<number>): Promise<Claim | null>;
  /** Holds a page for longer; does nothing when somebody else has it by now. */
  renew(claim: Claim, leaseSeconds: number): Promise<void>;
  /** Gives a page back unplanned. */
  release(claim: Claim): Promise<void>;
  /** When no page is left, `planning` becomes `planned` and `closing` becomes `closed`. */
  settle(runId: string): Promise<void>;
  progress(runId: string): Promise<RunProgress>;
  /** The pages that a run would be cut into now. */
  ranges(): Promise<readonly Pick<Claim, 'from' | 'to'>[]>;
  /** Does the work of a page in one transaction and commits it; on a conflict all of it is done again, as attempt 2. */
  transaction<T>(work: (page: RunPage, attempt: number) => Promise<T>): Promise<T>;
  /** Open commands that may be run now, counted up to a cap. */
  waiting(): Promise<number>;
}

export interface RunProgress {
  readonly state: RunState;
  readonly decisions: number;
  readonly commands: number;
  /** Pages that are not planned yet. */
  readonly left: number;
}

/** One page of a run inside its transaction. */
export interface RunPage
  extends Pick<
    InboxPage,
    'settingsVersion' | 'lockClients' | 'loadFacts' | 'liveFacts' | 'write' | 'recordFaults'
  > {
  /** Unpaid invoices of clients with credit, by client. */
  due(wanted: WantedDue): Promise<readonly Due[]>;
  /**
   * Marks the page as planned and cuts off the rest it did not come to.
   *
   * @returns false when somebody took the page meanwhile; nothing of it may be committed then.
   */
  complete(claim: Claim, done: Completion): Promise<boolean>;
}

export interface WantedDue extends Pick<Claim, 'from' | 'to'> {
  /** Due on this local date or before. */
  readonly until: string;
  /** Leaves out invoices that this run decided about. */
  readonly undecidedIn: string | null;
  readonly limit: number;
}

export interface Due {
  readonly clientId: number;
  readonly invoiceId: number;
}

export interface Completion {
  readonly decisions: number;
  readonly commands: number;
  /** The last client that was planned; the clients after it become a page of their own. */
  readonly to: number;
}
