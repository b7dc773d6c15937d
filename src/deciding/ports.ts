import type { Manifest } from '../../bridge/index.ts';
import type { Located, Subject } from '../events/index.ts';
import type { RuleFault } from '../rules/engine/index.ts';
import type { Facts, Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import type { Planned, Written } from './planned-decision.ts';

/** The inbox: what deliveries need of the database. `src/db` implements it. */
export interface Inbox {
  /**
   * Does the work in one transaction and commits it. On a conflict everything is undone and the work is done again on a
   * fresh page, so it must not change anything outside. `attempt` is 1 the first time.
   *
   * @throws {StorageError} after too many conflicts; whatever the driver throws when the database is gone.
   */
  transaction<T>(work: (page: InboxPage, attempt: number) => Promise<T>): Promise<T>;
  /** The stored item of a delivery; null when it is pruned, undefined when there is no such delivery. */
  storedItem(id: string): Promise<string | null | undefined>;
  loadSettings(): Promise<StoredSettings>;
}

/**
 * One page of the inbox inside its transaction. What is asked for in one turn is sent together and happens in the order in
 * which it was asked for, so ask together for what does not depend on each other.
 */
export interface InboxPage {
  /**
   * Inserts deliveries that are new. When one of them is known after all, the transaction is undone and done again; ask
   * `known` first then.
   */
  add(deliveries: readonly NewDelivery[]): Promise<void>;
  /** The known ones among these ids, locked until the end of the transaction. */
  known(ids: readonly string[]): Promise<ReadonlyMap<string, KnownDelivery>>;
  /** Counts one duplicate more for each time an id occurs. */
  countDuplicates(ids: readonly string[]): Promise<void>;
  /** Writes what became of deliveries that were added before, or earlier in this page. */
  amend(amendments: readonly Amendment[]): Promise<void>;
  /** Version of the settings, as committed now. */
  settingsVersion(): Promise<string>;
  locate(hooks: readonly { readonly hook: string; readonly subject: Subject }[]): Promise<Located>;
  /** How many commands led to each of these commands, itself included; unknown ones are left out. */
  depths(commandIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Nobody else decides about these clients until the end of the transaction. Called once; only they get commands. */
  lockClients(clientIds: readonly number[]): Promise<void>;
  loadFacts(wanted: WantedFacts): Promise<FactsPage>;
  rememberChoices(choices: readonly CheckoutChoice[]): Promise<void>;
  /** Those among these facts that a command or notice answers already. */
  liveFacts(facts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Writes decisions, commands and notices. Each fact among them must be new and occur once. */
  write(planned: readonly Planned[]): Promise<Written>;
  /** Counts one fault for each rule. A rule with repeated faults is paused, which is a new version of the settings. */
  recordFaults(faults: readonly RuleFault[]): Promise<void>;
  /** Open commands that may be run now; counting stops at a cap, so that it costs the same however many wait. */
  waiting(): Promise<number>;
  /** Commits what was asked for so far, in the same packet with what was asked for in this turn. Nothing can follow it. */
  commit(): Promise<void>;
}

export interface NewDelivery {
  readonly id: string;
  readonly type: string;
  readonly sha256: Buffer;
  /** JSON with nothing in it but what may leave WHMCS. */
  readonly item: string | null;
  readonly outcome: StoredOutcome;
  readonly code: string;
  readonly message: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly causedBy: string | null;
  /** ISO 8601, UTC; null when the item does not say it. */
  readonly firedAt: string | null;
  readonly looks: number;
}

export type StoredOutcome = 'accepted' | 'refused' | 'not-visible-yet';

export interface KnownDelivery {
  readonly sha256: Buffer;
  readonly outcome: string;
  readonly code: string;
  readonly looks: number;
}

export interface Amendment {
  readonly id: string;
  readonly outcome: StoredOutcome;
  readonly code: string;
  readonly message: string;
  readonly looks: number;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
}

export interface CheckoutChoice {
  readonly invoiceId: number;
  readonly clientId: number;
  readonly choice: 'use' | 'keep';
  readonly deliveryId: string;
}

/** What a page of decisions is made on. */
export interface WantedFacts {
  readonly clientIds: readonly number[];
  /** Invoices that events are about. */
  readonly invoiceIds: readonly number[];
  readonly needs: ReadonlySet<Need>;
  /** WHMCS's time zone, in which days are counted. */
  readonly zone: string;
  /** Now; grants are looked up one year back from it. */
  readonly at: Date;
}

/** Facts by client and invoice, loaded with a few queries for the whole page. `src/whmcs` implements it. */
export interface FactsPage {
  /** Null when the client, or the invoice that was asked for, is not there. */
  factsFor(clientId: number, invoiceId: number | null): Facts | null;
}

/** Which manifest the shim should have. */
export interface ManifestStore {
  /**
   * The number of this set of hooks: the same as before when nothing changed, the next one otherwise. Replicas agree on it.
   */
  numberFor(hooks: Manifest['hooks']): Promise<number>;
}
