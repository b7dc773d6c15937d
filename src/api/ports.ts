import type { CommandState } from '../commands/index.ts';
import type { LedgerReader } from '../ledger/index.ts';
import type { Operations, OperationsReader } from '../operations/index.ts';
import type { Scope } from './scopes.ts';

/** What the API needs. `src/db` implements the stores; `create-parts.ts` puts it together. */
export interface ApiPorts {
  readonly ledger: LedgerReader & LedgerExports;
  readonly operations: Pick<Operations, 'propose' | 'approve' | 'reject' | 'withdraw'>;
  readonly operationsReader: Pick<OperationsReader, 'approvals' | 'approval' | 'balance'>;
  readonly requests: RequestStore;
  readonly commandsOf: (facts: readonly string[]) => Promise<readonly CommandState[]>;
  readonly currencies: () => Promise<readonly { readonly id: number; readonly code: string }[]>;
  /** The names admins log in with, by number. */
  readonly adminNames: () => Promise<ReadonlyMap<number, string>>;
  /** Undefined when there is no such thing. */
  readonly explain: (subject: ExplainSubject, id: string) => Promise<readonly string[] | undefined>;
  /** Called when commands were written, so that WHMCS runs them soon. */
  readonly onCommands: () => void;
  readonly now: () => Date;
  /** WHMCS's local day, `YYYY-MM-DD`. */
  readonly today: () => Promise<string>;
  /** UUIDv7. */
  readonly newId: () => string;
}

export const explainSubjects = ['entry', 'grant', 'invoice', 'client'] as const;
export type ExplainSubject = (typeof explainSubjects)[number];

/** Whole lists, oldest first, a page at a time: memory does not grow with them. */
export interface LedgerExports {
  exportEntries(
    filter: Parameters<LedgerReader['entries']>[0],
  ): AsyncIterable<Awaited<ReturnType<LedgerReader['entries']>>['rows']>;
  exportGrants(
    filter: Parameters<LedgerReader['grants']>[0],
  ): AsyncIterable<Awaited<ReturnType<LedgerReader['grants']>>['rows']>;
}

/** Tokens, each of one admin. */
export interface TokenStore {
  /** By the hash of what was sent. */
  find(sha256: Buffer): Promise<FoundToken | undefined>;
  /** Says that a token was used; written once a minute at most, whoever asks. */
  touch(id: string, at: Date): Promise<void>;
}

export interface FoundToken {
  readonly id: string;
  readonly adminId: number;
  readonly scopes: readonly Scope[];
  readonly isRevoked: boolean;
  readonly admin: TokenAdmin;
  /** UTC. */
  readonly lastUsedAt: Date | undefined;
}

/**
 * How the admin of a token stands now: `gone` or `disabled` in WHMCS; with another role than when the token was made
 * (`other-role`), or with that role, which lost a permission since (`role-lost`); else `proven`.
 */
export type TokenAdmin = 'proven' | 'gone' | 'disabled' | 'other-role' | 'role-lost';

/** What was asked under an Idempotency-Key before. */
export interface RequestStore {
  /** Keeps the key if it is new. `other` when something else was asked under it. */
  begin(request: ApiRequest): Promise<Begun>;
  /** Keeps the answer for repeats unless one is kept already, and says which is kept. */
  finish(request: Pick<ApiRequest, 'adminId' | 'key'>, answer: string): Promise<string>;
}

export interface ApiRequest {
  readonly adminId: number;
  readonly key: string;
  /** Of what was asked, in the schema's own order, so that another wish under the same key is noticed. */
  readonly sha256: Buffer;
  /** The operation's id should it be new. */
  readonly operationId: string;
  readonly at: Date;
}

export type Begun =
  | { readonly outcome: 'begun'; readonly operationId: string }
  | { readonly outcome: 'answered'; readonly answer: string }
  | { readonly outcome: 'other' };
