import type { Scope, TokenAdmin } from '../api/index.ts';
import type { Engine, RuleInfo, RuleMode, SettingsLayer } from '../rules/engine/index.ts';
import type { LayerChange } from '../settings/index.ts';
import type { Today } from '../today/index.ts';
import type { ReconcileChanges } from './reconcile-ports.ts';

/** The rules there are, as the engine's worker threads loaded them. */
export type RuleCatalogue = Pick<Engine, 'rules' | 'validateSettings'>;

/** A rule with what it is told to do in the whole installation. */
export interface RuleEntry {
  readonly info: RuleInfo;
  readonly mode: RuleMode;
  /** What is stored for the whole installation; undefined when the rule was never set. */
  readonly stored: LayerRow | undefined;
}

/**
 * What the pages read and change. `src/db/admin-store.ts` implements it. Every list is limited and continues behind a
 * cursor; every count stops at a cap, so that a page costs the same however large the tables are.
 */
export interface AdminStore {
  /** The settings row, as the shim keeps it; undefined before the addon was activated. */
  installation(): Promise<Installation | undefined>;
  /** Which day it is for WHMCS. */
  today(): Promise<Today>;
  currencies(): Promise<readonly CurrencyRow[]>;
  clientGroups(): Promise<readonly ClientGroupRow[]>;

  backlog(): Promise<Backlog>;
  /** Open commands, those being run, and those whose outcome is not known. */
  commandCounts(): Promise<CommandCounts>;
  /** The run that began last: today's, or the last one there was. */
  latestRun(): Promise<RunRow | undefined>;
  /** What commands made since this moment did, by kind and currency. */
  figuresSince(since: Date): Promise<Figures>;
  /** Deliveries refused since this moment. */
  refusedSince(since: Date): Promise<Capped>;
  faults(): Promise<readonly FaultRow[]>;
  /** Notices that nobody has acknowledged, newest first. */
  openNotices(limit: number): Promise<readonly NoticeRow[]>;

  /** The rows of these rules for the whole installation. */
  installationLayers(rules: readonly string[]): Promise<readonly LayerRow[]>;
  layer(rule: string, layer: SettingsLayer, layerId: number): Promise<LayerRow | undefined>;
  /** All layers of one rule: installation, groups, clients; the first `limit` of them. */
  layers(rule: string, limit: number): Promise<readonly LayerRow[]>;
  /** Versions of one layer, newest first. */
  history(
    rule: string,
    layer: Pick<LayerRow, 'layer' | 'layerId'>,
    limit: number,
  ): Promise<readonly VersionRow[]>;

  deliveries(filter: DeliveryFilter, after: Cursor): Promise<Listing<DeliveryRow>>;
  delivery(id: string): Promise<(DeliveryRow & { readonly item: string | null }) | undefined>;

  decisions(filter: DecisionFilter, after: Cursor): Promise<Listing<DecisionRow>>;
  /** The newest ones that changed something or would have. */
  latestDecisions(limit: number): Promise<readonly DecisionRow[]>;
  decision(id: string): Promise<TracedDecision | undefined>;
  /** What was decided about an invoice, newest first, with traces. */
  decisionsOfInvoice(invoiceId: number, limit: number): Promise<readonly TracedDecision[]>;

  commands(filter: CommandFilter, after: Cursor): Promise<Listing<CommandRow>>;
  command(id: string): Promise<CommandDetail | undefined>;
  /** What moved a client's credit or deposits, or will: newest first; without what was refused or went stale. */
  clientCommands(clientId: number, limit: number): Promise<readonly CommandRow[]>;
  /** The newest ones that set WHMCS's own settings. */
  configurationCommands(limit: number): Promise<readonly CommandRow[]>;
  /** The commands of these decisions, newest first; a command has its decision's id. */
  commandsOf(decisionIds: readonly string[]): Promise<readonly CommandRow[]>;

  /** Of one admin: those that work first, each newest first. */
  apiTokens(adminId: number, limit: number): Promise<readonly ApiTokenRow[]>;
  /** Of all admins but this one, newest first; without those that were revoked. */
  othersApiTokens(adminId: number, after: Cursor): Promise<Listing<ApiTokenRow>>;
  /** The names admins log in with, by their number. */
  adminNames(): Promise<ReadonlyMap<number, string>>;

  invoice(id: number): Promise<InvoiceRow | undefined>;
  client(id: number): Promise<ClientRow | undefined>;

  /**
   * Does the work once for this token, in one transaction with the token: `repeated` when the token was used before, and
   * then nothing was done. A fault undoes both.
   */
  once(token: string, at: Date, work: (changes: Changes) => Promise<void>): Promise<OnceOutcome>;
}

export type OnceOutcome = 'done' | 'repeated';

/** What an admin may change; each method is part of the transaction of `AdminStore.once`. */
export interface Changes extends ReconcileChanges {
  saveLayer(change: LayerChange): Promise<void>;
  removeLayer(change: Omit<LayerChange, 'mode' | 'settings'>): Promise<void>;
  resumeRule(rule: string): Promise<void>;
  /** A doubtful date is right. It counts for this date alone. */
  confirmDay(date: string): Promise<void>;
  acknowledgeNotice(fact: string, by: string, at: Date): Promise<void>;
  /** Commands to set WHMCS's own settings; nothing when the list is empty. */
  setConfiguration(values: readonly ConfigurationValue[], token: string, at: Date): Promise<void>;
  addApiToken(token: NewApiToken): Promise<void>;
  /**
   * Whose token it was; undefined when nothing was revoked: there is no such token, it was revoked before, or it is not of the
   * admin named. Without one, it may be anybody's.
   */
  revokeApiToken(id: string, adminId: number | undefined, at: Date): Promise<number | undefined>;
  audit(entry: AuditEntry): Promise<void>;
}

export interface NewApiToken {
  readonly id: string;
  readonly adminId: number;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly sha256: Buffer;
  readonly at: Date;
}

export interface ConfigurationValue {
  readonly setting: string;
  readonly value: string;
}

export interface AuditEntry {
  /** `admin:<id>`. */
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** A count that stops at a cap: `more` says that there are more than `count`. */
export interface Capped {
  readonly count: number;
  readonly more: boolean;
}

/** Where a list goes on; undefined: at its beginning. Only the store knows what is in it. */
export type Cursor = string | undefined;

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** Undefined at the end. */
  readonly next: Cursor;
  /** The rows looked at when a filter has no index: how far back this page looked. Undefined when an index served. */
  readonly lookedThrough: number | undefined;
}

/** Times are UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
export type UtcText = string;

export interface Installation {
  readonly state: string;
  readonly schemaNumber: number;
  readonly frozen: boolean;
  readonly manifestNumber: number;
  readonly breakerOpenUntil: UtcText | null;
  readonly breakerReason: string;
  readonly serviceUrl: string;
  readonly actingAdmin: string;
  /** The JSON snapshot of WHMCS that the shim refreshes (bridge/README.md, "The settings row"). */
  readonly whmcs: string;
}

export interface CurrencyRow {
  readonly id: number;
  readonly code: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Relative to the default currency (whmcs.md §2.9). */
  readonly rate: string;
  readonly isDefault: boolean;
}

export interface ClientGroupRow {
  readonly id: number;
  readonly name: string;
}

export interface Backlog {
  readonly waiting: Capped;
  readonly oldestAt: UtcText | null;
  readonly lastError: string;
}

export interface CommandCounts {
  readonly open: Capped;
  readonly running: Capped;
  readonly unknown: Capped;
}

export interface RunRow {
  readonly id: string;
  /** WHMCS's local date. */
  readonly localDate: string;
  readonly state: string;
  /** Pages of clients, and those that are planned. */
  readonly pages: number;
  readonly pagesDone: number;
  readonly decisions: number;
  readonly commands: number;
  readonly startedAt: UtcText;
  readonly plannedAt: UtcText | null;
  readonly closedAt: UtcText | null;
}

export interface Figures {
  readonly sums: readonly {
    readonly kind: 'applied' | 'granted' | 'removed' | 'cancelled';
    readonly currencyId: number;
    readonly hundredths: bigint;
    readonly count: number;
  }[];
  /** There are more commands than were counted. */
  readonly more: boolean;
}

export interface FaultRow {
  readonly rule: string;
  readonly faults: number;
  readonly pausedAt: UtcText | null;
  readonly lastFault: string;
  readonly lastAt: UtcText;
}

export interface NoticeRow {
  readonly fact: string;
  readonly level: string;
  readonly rule: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
  readonly createdAt: UtcText;
}

export interface LayerRow {
  readonly rule: string;
  readonly layer: SettingsLayer;
  readonly layerId: number;
  readonly mode: RuleMode;
  /** JSON. */
  readonly settings: string;
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: UtcText;
  readonly reason: string;
}

/** One version of a layer; `removed`: from then on the more general layers applied. */
export interface VersionRow extends Omit<LayerRow, 'mode'> {
  readonly mode: RuleMode | 'removed';
}

export interface DeliveryFilter {
  readonly outcome?: string;
  readonly clientId?: number;
  readonly invoiceId?: number;
}

export interface DeliveryRow {
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly causedBy: string | null;
  readonly firedAt: UtcText;
  readonly receivedAt: UtcText;
  readonly looks: number;
}

export interface DecisionFilter {
  readonly rule?: string;
  readonly outcome?: string;
  readonly clientId?: number;
  readonly invoiceId?: number;
}

export interface DecisionRow {
  readonly id: string;
  readonly rule: string;
  readonly target: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly event: string;
  readonly deliveryId: string | null;
  readonly runId: string | null;
  readonly outcome: string;
  readonly effect: string;
  readonly amountHundredths: bigint;
  readonly fact: string | null;
  readonly reason: string;
  readonly settingsVersion: number;
  readonly firstAt: UtcText;
  readonly lastAt: UtcText;
  readonly times: number;
  /** Of the client; null when the client is gone. */
  readonly currencyId: number | null;
}

export interface TracedDecision extends DecisionRow {
  /** JSON. */
  readonly trace: string;
}

export interface ApiTokenRow {
  readonly id: string;
  /** Whose it is. */
  readonly adminId: number;
  readonly name: string;
  /** Parted by spaces. */
  readonly scopes: string;
  readonly createdAt: UtcText;
  readonly lastUsedAt: UtcText | null;
  readonly revokedAt: UtcText | null;
  /** How its admin stands in WHMCS now; it works only while this is `proven`. */
  readonly admin: TokenAdmin;
}

export interface CommandFilter {
  readonly state?: string;
  readonly clientId?: number;
}

export interface CommandRow {
  readonly id: string;
  readonly fact: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly action: string;
  /** JSON, for localAPI. */
  readonly parameters: string;
  readonly amountHundredths: bigint;
  readonly holdHundredths: bigint;
  readonly rule: string;
  readonly decisionId: string | null;
  readonly notBefore: UtcText | null;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string;
  readonly createdAt: UtcText;
  readonly settledAt: UtcText | null;
  readonly currencyId: number | null;
}

export interface CommandDetail extends CommandRow {
  /** JSON. */
  readonly expects: string;
  readonly witnesses: string | null;
  readonly answer: string | null;
  readonly causedBy: string | null;
  readonly urgency: number;
  readonly startedAt: UtcText | null;
  readonly creditLogId: number | null;
}

export interface InvoiceRow {
  readonly id: number;
  readonly clientId: number;
  readonly currencyId: number | null;
  readonly status: string;
  /** `YYYY-MM-DD`; null for a zero date. */
  readonly dueOn: string | null;
  readonly totalHundredths: bigint;
  readonly creditHundredths: bigint;
  readonly paidHundredths: bigint;
}

export interface ClientRow {
  readonly id: number;
  /** 0 when in none. */
  readonly groupId: number;
  readonly currencyId: number;
  readonly creditHundredths: bigint;
  readonly heldHundredths: bigint;
}
