import type { ColumnType } from 'kysely';
import type { Defaulted, Moment, Once, ReadOnly } from './column-types.ts';

/** Tables that the shim creates; bridge/tables.sql defines them and bridge/README.md says who writes them. */
export interface SharedTables {
  mod_creditbridge_settings: {
    id: ReadOnly<number>;
    schema_number: ReadOnly<number>;
    installation: ReadOnly<string>;
    state: ReadOnly<string>;
    service_url: ReadOnly<string>;
    acting_admin: ReadOnly<string>;
    veto_when_down: ReadOnly<string>;
    give_back_after_hours: ReadOnly<number>;
    manifest_number: ReadOnly<number>;
    manifest: ReadOnly<string>;
    breaker_failures: ReadOnly<number>;
    breaker_open_until: ReadOnly<Moment | null>;
    breaker_probe_until: ReadOnly<Moment | null>;
    breaker_reason: ReadOnly<string>;
    breaker_host: ReadOnly<string>;
    frozen: ReadOnly<number>;
    nonce: ReadOnly<string>;
    /** JSON that `readFingerprint` reads. */
    fingerprint: ColumnType<string, never, string>;
    whmcs: ReadOnly<string>;
    automatic_use_before: ReadOnly<string | null>;
    trial: ReadOnly<string | null>;
    trial_open: ReadOnly<string | null>;
    service_seen_at: ColumnType<Moment | null, never, Moment>;
    service_version: ColumnType<string, never, string>;
    /** Why the service stopped all work by itself; see bridge/README.md, "The settings row". */
    halted: ColumnType<string, never, string>;
    halted_reason: ColumnType<string, never, string>;
  };
  /** The hosts at work, of both sides; each writes its own row (bridge/README.md). */
  mod_creditbridge_hosts: {
    side: Once<'whmcs' | 'service'>;
    name: Once<string>;
    /** JSON of the place where it sees the database. */
    place: string;
    let_in_by: Defaulted<string>;
    joined_at: Moment;
    beat: Defaulted<string>;
    seen_at: Moment;
    waits_since: Moment | null;
    /** JSON: the beats that a waiting host has heard. */
    heard: string | null;
  };
  /** What admins said of commands in doubt, which only the shim notes. */
  mod_creditbridge_answers: {
    command_id: ReadOnly<string>;
    admin_id: ReadOnly<number>;
    is_done: ReadOnly<number>;
    is_alone: ReadOnly<number>;
    currency_id: ReadOnly<number>;
    amount_hundredths: ReadOnly<bigint>;
    at: ReadOnly<Moment>;
  };
  /** Frozen clients, for whom nothing is done; both sides write it. */
  mod_creditbridge_frozen_clients: {
    client_id: Once<number>;
    reason: Once<string>;
    frozen_by: Once<string>;
    frozen_at: Once<Moment>;
  };
  /** Clients whom WHMCS has no more, and since when that was seen. */
  mod_creditbridge_gone_clients: {
    client_id: Once<number>;
    since: Once<Moment>;
  };
  /** Tokens of the API, which only the shim makes. */
  mod_creditbridge_api_tokens: {
    id: ReadOnly<string>;
    admin_id: ReadOnly<number>;
    role_id: ReadOnly<number>;
    role_permissions: ReadOnly<string>;
    name: ReadOnly<string>;
    token_sha256: ReadOnly<Buffer>;
    scopes: ReadOnly<string>;
    created_at: ReadOnly<Moment>;
    expires_at: ReadOnly<Moment>;
    last_used_at: ColumnType<Moment | null, never, Moment>;
    revoked_at: ColumnType<Moment | null, never, Moment>;
  };
  /** Who did what and when; both sides write it. */
  mod_creditbridge_audit: {
    sequence: Once<bigint>;
    id: Once<string>;
    actor: Once<string>;
    act: Once<string>;
    target: Once<string>;
    /** JSON; blanked together with `salt`. */
    details: string;
    salt: Buffer | null;
    digest: Once<Buffer>;
    link: Once<Buffer>;
    at: Once<Moment>;
  };
  mod_creditbridge_spool: {
    id: ReadOnly<string>;
    hook: ReadOnly<string>;
    item: ReadOnly<string>;
    created_at: ReadOnly<Moment>;
    attempts: ReadOnly<number>;
    next_attempt_at: ReadOnly<Moment>;
    taken_until: ReadOnly<Moment | null>;
    taken_by: ReadOnly<string | null>;
    last_error: ReadOnly<string>;
  };
  /** The service inserts; only the shim updates, so no column is updatable here. */
  mod_creditbridge_commands: {
    id: Once<string>;
    fact: Once<string>;
    live_fact: Once<string | null>;
    client_id: Once<number>;
    invoice_id: Once<number | null>;
    action: Once<string>;
    parameters: Once<string>;
    expects: Once<string>;
    amount_hundredths: Once<bigint>;
    hold_hundredths: Once<bigint>;
    rule: Once<string>;
    decision_id: Once<string | null>;
    caused_by: Once<string | null>;
    depth: Once<number>;
    urgency: Once<number>;
    not_before: Once<Moment | null>;
    after_fact: Once<string | null>;
    requires_fact: Once<string | null>;
    state: ReadOnly<string>;
    attempts: ReadOnly<number>;
    reason: ReadOnly<string>;
    fence: ReadOnly<bigint>;
    lease_until: ReadOnly<Moment | null>;
    witnesses: ReadOnly<string | null>;
    answer: ReadOnly<string | null>;
    credit_log_id: ReadOnly<number | null>;
    created_at: Once<Moment>;
    started_at: ReadOnly<Moment | null>;
    settled_at: ReadOnly<Moment | null>;
  };
  /** Facts of done commands that are no longer kept. */
  mod_creditbridge_answered_facts: { fact: Once<string> };
  mod_creditbridge_leases: {
    client_id: ReadOnly<number>;
    holder: ReadOnly<string | null>;
    fence: ReadOnly<bigint>;
    until: ReadOnly<Moment | null>;
  };
}
