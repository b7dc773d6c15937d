import type { RecordedEntry } from '../ledger/index.ts';

/** Where tail and epoch stand, as everybody sees it. */
export interface TailState {
  readonly state: 'new' | 'adopting' | 'following' | 'stopped';
  readonly epoch: number;
  /** How the log was found to have gone back, or why the next adoption is made. */
  readonly reason: string;
  /** Only grows: a process that has seen a higher number knows that the database was put back. */
  readonly rounds: bigint;
  /** The settings row's word: `''`, `restored`, `readopt` or `continue` (bridge/README.md). */
  readonly halted: string;
}

/** What one page of the log came to. */
export type PageOutcome =
  | { readonly kind: 'done'; readonly entries: number; readonly isFull: boolean }
  /** The log went back; nothing was written. */
  | { readonly kind: 'went-back'; readonly reason: string };

/** The lead, as long as nobody has a higher fence. */
export interface Lead {
  readonly fence: bigint;
  readonly epoch: number;
  readonly rounds: bigint;
}

/** What the tail needs of the database. Whatever takes a `fence` writes nothing when another process leads. */
export interface TailStore {
  /** Takes or keeps the lead, by the database's clock, and counts a round; undefined while another process leads. */
  lead(holder: string, leaseSeconds: number): Promise<Lead | undefined>;
  /** Lets others lead at once. */
  resign(holder: string): Promise<void>;
  look(): Promise<TailState>;
  /** Reads what came, came late, changed or vanished since, and records it in one transaction. */
  page(fence: bigint): Promise<PageOutcome>;
  /** Nothing is left to read at this moment. */
  caughtUp(fence: bigint): Promise<void>;
  /**
   * Goes on with the comparison of all rows, when it is due, by one part.
   * @returns entries recorded, and whether more is to be compared now
   */
  compare(fence: bigint): Promise<{ readonly entries: number; readonly isOver: boolean }>;
  /** The entries that nobody was told of, oldest first; none when all were told. */
  unannounced(): Promise<readonly RecordedEntry[]>;
  announced(fence: bigint, upTo: bigint): Promise<void>;
  /** Stops the ledger and tells the shim, in one transaction. */
  halt(reason: string): Promise<void>;
  /** The admin said that the database was restored: the next round adopts anew. `seen` is the highest number of rounds. */
  readopt(fence: bigint, seen: bigint): Promise<void>;
  /** The admin said that nothing was restored: what is found is taken as changes by hand. */
  goOn(fence: bigint, seen: bigint): Promise<void>;
}

/** How far an adoption is. */
export interface AdoptionProgress {
  readonly epoch: number;
  readonly phase: 'importing' | 'opening' | 'done';
  readonly rows: number;
  /** About how many there are. */
  readonly ofRows: number;
  readonly accounts: number;
}

/** The balance that a client's account should be opened with, as one look found it. */
export interface OpeningSight {
  readonly clientId: number;
  readonly currencyId: number;
  /** The balance now, less what the log got since the snapshot. */
  readonly hundredths: bigint;
}

export interface AdoptionStore {
  /** Begins an adoption, or finds the one begun; `why` is `first` or `restored`. */
  begin(fence: bigint, why: string): Promise<AdoptionProgress>;
  /** Imports history, chunk after chunk, until little is left. `onChunk` may throw to stop. */
  importHistory(fence: bigint, onChunk: (rows: number) => Promise<void>): Promise<void>;
  /** The last rows and all balances in one consistent snapshot. */
  takeSnapshot(fence: bigint, today: string): Promise<void>;
  /**
   * Clients whose opening is another one now than in the snapshot: a page of those above `after`, in the order of their id, or
   * those among `of`.
   */
  differingOpenings(
    which: { readonly after: number } | { readonly of: readonly number[] },
  ): Promise<readonly OpeningSight[]>;
  /** Takes these openings instead of the snapshot's. */
  correctOpenings(fence: bigint, sights: readonly OpeningSight[]): Promise<void>;
  /** Opens the next accounts. @returns how many; 0 when all are open and the ledger follows. */
  openAccounts(fence: bigint): Promise<number>;
}
