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

/** What the HTTP side reports about itself. */
export interface HttpMetrics {
  /** Call the result with the outcome: `ok`, `stranger`, or the code of the reply. */
  callStarted(path: string): (outcome: string) => void;
}

/** The inbox. */
export interface Deliveries {
  /**
   * Takes the items of one call, in order, and says what became of each.
   *
   * @throws {StorageError} when nothing of it could be kept.
   */
  receive(items: readonly IdentifiedItem[]): Promise<DeliveriesReply>;
  /** Keeps a call that was correctly signed but refused as a whole, for the admin to see. */
  storeRefused(call: RefusedCall): Promise<void>;
}

export interface RefusedCall {
  /** The call's `webhook-id`. */
  readonly id: string;
  readonly code: RefusalCode;
  /** What was wrong, in words; never a value out of the body. */
  readonly detail: string;
  /** The items of the call as far as they can be told, so that they can be replayed. */
  readonly items: readonly IdentifiedItem[];
}

/** The hooks the shim is to register. */
export interface Manifests {
  current(): Promise<Manifest>;
}

/** The daily run of a local date of WHMCS. */
export interface Runs {
  advance(request: Pick<RunRequest, 'date' | 'zone' | 'moment'>): Promise<RunReply>;
}

/** Our pages inside WHMCS. */
export interface Pages {
  render(request: PageRequest): Promise<PageReply>;
}

/** Why the service cannot work yet, or that it can. */
export interface Readiness {
  /** What is in the way of all work, in a sentence for the admin; undefined when nothing is. */
  obstacle(): string | undefined;
  /** Looks again whether everything is there, pairing included. */
  ready(): Promise<boolean>;
}
