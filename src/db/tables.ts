import type { ColumnType } from 'kysely';

/**
 * The tables that the service reads and writes, with the driver's types: BIGINT as bigint, DECIMAL as text, dates and times
 * as text (also zero dates, as `0000-00-00`), INT and TINYINT as number. See `connectionOptions`.
 */

/** A column of a table that others write. */
type ReadOnly<T> = ColumnType<T, never, never>;
/** A column that is set once. */
type Once<T> = ColumnType<T, T, never>;
/** A column with a default. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;
/** A DECIMAL(16,2), such as `-10.00`. */
type Decimal = ReadOnly<string>;
/** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC. */
type Moment = string;

/** Tables of WHMCS, by the columns we may read (rights.ts); whmcs.md §5 describes them. */
export interface WhmcsTables {
  tblclients: {
    id: ReadOnly<number>;
    groupid: ReadOnly<number>;
    currency: ReadOnly<number>;
    credit: Decimal;
    status: ReadOnly<string>;
  };
  tblclientgroups: { id: ReadOnly<number>; groupname: ReadOnly<string> };
  tblcurrencies: {
    id: ReadOnly<number>;
    code: ReadOnly<string>;
    prefix: ReadOnly<string>;
    suffix: ReadOnly<string>;
    format: ReadOnly<number>;
    rate: ReadOnly<string>;
    default: ReadOnly<number>;
  };
  tblinvoices: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    date: ReadOnly<string | null>;
    duedate: ReadOnly<string | null>;
    datepaid: ReadOnly<string>;
    last_capture_attempt: ReadOnly<string>;
    subtotal: Decimal;
    credit: Decimal;
    tax: Decimal;
    tax2: Decimal;
    total: Decimal;
    status: ReadOnly<string>;
    paymentmethod: ReadOnly<string>;
  };
  tblinvoiceitems: {
    id: ReadOnly<number>;
    invoiceid: ReadOnly<number>;
    userid: ReadOnly<number>;
    type: ReadOnly<string>;
    relid: ReadOnly<number>;
    amount: Decimal;
  };
  tblaccounts: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    currency: ReadOnly<number>;
    gateway: ReadOnly<string>;
    /** Named by the gateway; empty when nobody named it. */
    transid: ReadOnly<string>;
    date: ReadOnly<string | null>;
    amountin: Decimal;
    amountout: Decimal;
    invoiceid: ReadOnly<number>;
    refundid: ReadOnly<number>;
  };
  tblcredit: {
    id: ReadOnly<number>;
    clientid: ReadOnly<number>;
    date: ReadOnly<string>;
    description: ReadOnly<string>;
    amount: Decimal;
    relid: ReadOnly<number>;
    /** Who did it by hand; 0 when nobody did (whmcs.md §2.1). */
    admin_id: ReadOnly<number>;
  };
  tblorders: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    invoiceid: ReadOnly<number>;
    status: ReadOnly<string>;
  };
  tblhosting: {
    id: ReadOnly<number>;
    userid: ReadOnly<number>;
    domainstatus: ReadOnly<string>;
  };
  /** Admins by their log-in name, to say which admin changed credit by hand. */
  tbladmins: {
    id: ReadOnly<number>;
    username: ReadOnly<string>;
    disabled: ReadOnly<number>;
    roleid: ReadOnly<number>;
  };
  /** Permissions of roles, as undocumented numbers: they show that a role lost something, but not what. */
  tbladminperms: {
    roleid: ReadOnly<number>;
    permid: ReadOnly<number>;
  };
  /** Downgrades whose difference became credit (whmcs.md §2.5). */
  tblupgrades: {
    id: ReadOnly<number>;
    type: ReadOnly<string>;
    relid: ReadOnly<number>;
    amount: Decimal;
    credit_amount: Decimal;
    status: ReadOnly<string>;
  };
  tblaffiliates: {
    id: ReadOnly<number>;
    clientid: ReadOnly<number>;
  };
  /** Commissions that were paid out, perhaps as credit (whmcs.md §2.5). */
  tblaffiliateswithdrawals: {
    id: ReadOnly<number>;
    affiliateid: ReadOnly<number>;
    date: ReadOnly<string>;
    amount: Decimal;
  };
}

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
  mod_creditbridge_answered_facts: { fact: ReadOnly<string> };
  mod_creditbridge_leases: {
    client_id: ReadOnly<number>;
    holder: ReadOnly<string | null>;
    fence: ReadOnly<bigint>;
    until: ReadOnly<Moment | null>;
  };
}

/** Our own tables; migrations/ creates them and explains each. */
export interface OwnTables {
  mod_creditbridge_deliveries: {
    id: Once<string>;
    type: Once<string>;
    item_sha256: Once<Buffer>;
    item: string | null;
    outcome: string;
    code: Defaulted<string>;
    message: Defaulted<string>;
    client_id: number | null;
    invoice_id: number | null;
    caused_by: Once<string | null>;
    fired_at: Once<Moment>;
    received_at: Once<Moment>;
    looks: Defaulted<number>;
    duplicates: Defaulted<number>;
  };
  mod_creditbridge_decisions: {
    id: Once<string>;
    rule: Once<string>;
    target: Once<string>;
    effect_key: Once<string>;
    client_id: Once<number>;
    invoice_id: Once<number | null>;
    event: string;
    delivery_id: string | null;
    run_id: string | null;
    outcome: string;
    effect: string;
    amount_hundredths: bigint;
    fact: string | null;
    reason: string;
    trace: string;
    settings_version: number;
    first_at: Once<Moment>;
    last_at: Moment;
    times: Defaulted<number>;
  };
  mod_creditbridge_rule_settings: {
    rule: Once<string>;
    layer: Once<string>;
    layer_id: Once<number>;
    mode: string;
    settings: string;
    version: number;
    changed_by: string;
    changed_at: Moment;
    reason: string;
  };
  mod_creditbridge_rule_settings_history: {
    rule: Once<string>;
    layer: Once<string>;
    layer_id: Once<number>;
    version: Once<number>;
    mode: Once<string>;
    settings: Once<string>;
    changed_by: Once<string>;
    changed_at: Once<Moment>;
    reason: Once<string>;
  };
  mod_creditbridge_rule_faults: {
    rule: Once<string>;
    faults: number;
    paused_at: Moment | null;
    last_fault: string;
    last_at: Moment;
  };
  mod_creditbridge_clients: {
    client_id: Once<number>;
    version: bigint;
  };
  mod_creditbridge_invoice_choices: {
    invoice_id: Once<number>;
    client_id: Once<number>;
    choice: string;
    delivery_id: string;
    chosen_at: Moment;
  };
  mod_creditbridge_kept_off: {
    invoice_id: Once<number>;
    client_id: Once<number>;
    sequence: bigint;
    since: Moment;
  };
  mod_creditbridge_notices: {
    fact: Once<string>;
    level: Once<string>;
    rule: Once<string>;
    client_id: Once<number | null>;
    invoice_id: Once<number | null>;
    text: Once<string>;
    created_at: Once<Moment>;
    seen_at: Moment | null;
    seen_by: Defaulted<string>;
  };
  mod_creditbridge_runs: {
    id: Once<string>;
    local_date: Once<string>;
    zone: Once<string>;
    state: string;
    started_at: Once<Moment>;
    planned_at: Moment | null;
    closed_at: Moment | null;
  };
  mod_creditbridge_run_ranges: {
    run_id: Once<string>;
    from_client_id: Once<number>;
    to_client_id: number;
    state: Defaulted<string>;
    fence: Defaulted<bigint>;
    taken_until: Moment | null;
    decisions: Defaulted<number>;
    commands: Defaulted<number>;
  };
  mod_creditbridge_once_tokens: { token: Once<string>; used_at: Once<Moment> };
  mod_creditbridge_state: { name: Once<string>; value: string };
  mod_creditbridge_tail: {
    id: ReadOnly<number>;
    epoch: number;
    state: string;
    reason: string;
    cursor_log_id: number;
    cursor_sha256: Buffer | null;
    next_sequence: bigint;
    announced_sequence: bigint;
    rounds: bigint;
    holder: string | null;
    fence: bigint;
    held_until: Moment | null;
    looked_at: Moment | null;
    compare_log_id: number;
    compared_at: Moment | null;
  };
  mod_creditbridge_epochs: {
    epoch: Once<number>;
    why: Once<string>;
    state: string;
    cursor_log_id: Defaulted<number>;
    high_log_id: Defaulted<number>;
    cursor_client_id: Defaulted<number>;
    rows_imported: Defaulted<bigint>;
    adopted_on: string | null;
    started_at: Once<Moment>;
    adopted_at: Moment | null;
  };
  mod_creditbridge_entries: {
    sequence: Once<bigint>;
    epoch: Once<number>;
    client_id: Once<number>;
    currency_id: Once<number>;
    from_account: Once<string>;
    to_account: Once<string>;
    amount_hundredths: Once<bigint>;
    kind: Once<string>;
    act: Once<string>;
    does: ReadOnly<string | null>;
    takes_back: ReadOnly<bigint | null>;
    settings_version: Once<number>;
    log_id: Once<number | null>;
    revision: Once<number>;
    corrects: Once<bigint | null>;
    invoice_id: Once<number | null>;
    command_id: Once<string | null>;
    admin_id: Once<number | null>;
    evidence: Once<string>;
    logged_on: Once<string | null>;
    /** Blanked when the client is deleted; nothing else of an entry ever changes. */
    description: string;
    reason: string;
    row_sha256: Once<Buffer | null>;
    recorded_at: Once<Moment>;
  };
  mod_creditbridge_accounts: {
    client_id: Once<number>;
    currency_id: Once<number>;
    epoch: number;
    opening_hundredths: Defaulted<bigint>;
    is_open: Defaulted<number>;
    balance_hundredths: Defaulted<bigint>;
    remaining_hundredths: Defaulted<bigint>;
    unfunded_hundredths: Defaulted<bigint>;
    last_sequence: Defaulted<bigint>;
  };
  mod_creditbridge_grants: {
    id: Once<bigint>;
    epoch: Once<number>;
    client_id: Once<number>;
    currency_id: Once<number>;
    kind: Once<string>;
    amount_hundredths: Once<bigint>;
    remaining_hundredths: bigint;
    opened_on: Once<string | null>;
    starts_on: Once<string | null>;
    expires_on: Once<string | null>;
    priority: Once<number>;
    refundable: Once<number>;
    rule: Once<string>;
    command_id: Once<string | null>;
    follows_invoice_id: Once<number | null>;
    money_back_hundredths: Defaulted<bigint>;
    expiry_asked: Defaulted<string>;
    refund_asked: Defaulted<string>;
    expiry_due: ReadOnly<string | null>;
  };
  mod_creditbridge_draw_downs: {
    id: ReadOnly<bigint>;
    epoch: Once<number>;
    client_id: Once<number>;
    grant_id: Once<bigint>;
    spend_sequence: Once<bigint>;
    by_sequence: Once<bigint>;
    direction: Once<string>;
    amount_hundredths: Once<bigint>;
  };
  mod_creditbridge_unfunded: {
    sequence: Once<bigint>;
    epoch: Once<number>;
    client_id: Once<number>;
    currency_id: Once<number>;
    amount_hundredths: bigint;
  };
  mod_creditbridge_ledger_settings: {
    version: Once<number>;
    settings: Once<string>;
    changed_by: Once<string>;
    reason: Once<string>;
    changed_at: Once<Moment>;
  };
  mod_creditbridge_command_terms: {
    command_id: Once<string>;
    kind: Once<string>;
    act: Once<string>;
    does: ReadOnly<string | null>;
    corrects: ReadOnly<bigint | null>;
    invoice_id: Once<number | null>;
    actor: Once<string>;
    reason: Once<string>;
    operation_id: Once<string | null>;
  };
  mod_creditbridge_noted_limits: {
    operation_id: Once<string>;
    client_id: Once<number>;
    rule: Once<string>;
    mode: Once<string>;
    currency_id: Once<number>;
    amount_hundredths: Once<bigint>;
    at_most_hundredths: Once<bigint | null>;
    because: Once<string>;
    actor: Once<string>;
  };
  mod_creditbridge_drifts: {
    client_id: Once<number>;
    currency_id: Once<number>;
    state: string;
    whmcs_hundredths: bigint;
    ledger_hundredths: bigint;
    first_seen_at: Moment;
    last_seen_at: Moment;
  };
  mod_creditbridge_findings: {
    fact: Once<string>;
    kind: Once<string>;
    client_id: Once<number | null>;
    other_client_id: Once<number | null>;
    invoice_id: Once<number | null>;
    text: Once<string>;
    outcome: string;
    found_at: Once<Moment>;
    settled_at: Moment | null;
    settled_by: Defaulted<string>;
    reason: Defaulted<string>;
  };
  mod_creditbridge_sweeps: {
    name: Once<string>;
    cursor_id: Defaulted<bigint>;
    swept_at: Moment | null;
  };
  mod_creditbridge_approvals: {
    id: Once<string>;
    client_id: Once<number>;
    currency_id: Once<number | null>;
    operation: Once<string>;
    kind: ReadOnly<string | null>;
    undoes: ReadOnly<bigint | null>;
    amount_hundredths: Once<bigint>;
    hold_hundredths: Once<bigint>;
    state: ColumnType<string, never, string>;
    proposed_by: Once<string>;
    reason: Once<string>;
    proposed_at: Once<Moment>;
    expires_at: Once<Moment>;
    decided_by: ColumnType<string, never, string>;
    decided_at: ColumnType<Moment | null, never, Moment>;
    decision_reason: ColumnType<string, never, string>;
  };
  mod_creditbridge_alone: {
    id: Once<string>;
    actor: Once<string>;
    client_id: Once<number>;
    currency_id: Once<number>;
    amount_hundredths: Once<bigint>;
    since: Moment | null;
    subject: string | null;
  };
  /** Where the audit was pruned: its chain begins behind the last of these. The migrating account writes it. */
  mod_creditbridge_audit_anchors: {
    sequence: ReadOnly<bigint>;
    link: ReadOnly<Buffer>;
    pruned_at: ReadOnly<Moment>;
  };
  mod_creditbridge_parkings: {
    id: Once<string>;
    fact: Once<string>;
    park_fact: Once<string>;
    client_id: number;
    currency_id: number;
    invoice_id: Once<number | null>;
    transaction_id: Once<number | null>;
    grant_id: bigint | null;
    amount_hundredths: bigint;
    state: string;
    reason: Once<string>;
    entry: bigint | null;
    terms: string | null;
    decision: string | null;
    decided_by: Defaulted<string>;
    decision_reason: Defaulted<string>;
    found_at: Once<Moment>;
    settled_at: Moment | null;
  };
  mod_creditbridge_api_requests: {
    admin_id: Once<number>;
    key_sha256: Once<Buffer>;
    asked_sha256: Once<Buffer>;
    operation_id: Once<string>;
    answer: string | null;
    asked_at: Once<Moment>;
  };
}

/** Every table the service touches. */
export interface Database extends WhmcsTables, SharedTables, OwnTables {}
