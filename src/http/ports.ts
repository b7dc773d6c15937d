import type {
  DeliveriesReply,
  IdentifiedItem,
  Manifest,
  PageReply,
  PageRequest,
  RefusalCode,
  RunReply,
  RunRequest,
} from '../../bridge/index.ts';

/** The HTTP side's reports about itself. */
export interface HttpMetrics {
  /** Call the result with the outcome: `ok`, `stranger`, or the code of the reply. */
  callStarted(path: string): (outcome: string) => void;
}

/** The inbox. */
export interface Deliveries {
  /**
   * Takes the items of one call, in order, and returns the outcome of each.
   *
   * @throws {StorageError} when none of them could be stored.
   */
  receive(items: readonly IdentifiedItem[]): Promise<DeliveriesReply>;
  /** Stores a correctly signed call that was refused as a whole, for the admin. */
  storeRefused(call: RefusedCall): Promise<void>;
}

export interface RefusedCall {
  /** The call's `webhook-id`. */
  readonly id: string;
  readonly code: RefusalCode;
  /** What is wrong, in words; never a value from the body. */
  readonly detail: string;
  /** The items of the call as far as they are readable, for a replay. */
  readonly items: readonly IdentifiedItem[];
}

/** The hooks that the shim should register. */
export interface Manifests {
  current(): Promise<Manifest>;
}

/** The daily run for a date in WHMCS's time zone. */
export interface Runs {
  advance(request: Pick<RunRequest, 'date' | 'zone' | 'moment'>): Promise<RunReply>;
}

/** Our pages inside WHMCS. */
export interface Pages {
  render(request: PageRequest): Promise<PageReply>;
}

/** Whether the service can work, and if not, why. */
export interface Readiness {
  /** What prevents all work, in a sentence for the admin; undefined when nothing does. */
  obstacle(): string | undefined;
  /** Checks again whether everything works, pairing included. */
  ready(): Promise<boolean>;
}
