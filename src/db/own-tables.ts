import type { ColumnType } from 'kysely';
import type { Defaulted, Moment, Once, ReadOnly } from './column-types.ts';

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
    repeat_key: Once<string | null>;
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
    sequence: bigint | null;
    said_by: Defaulted<string>;
    since: Moment;
  };
  mod_creditbridge_preferences: {
    client_id: number;
    service_id: Once<number>;
    choice: string;
    changed_by: string;
    changed_at: Moment;
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
    /** 1 after the rules were asked about its clients, as they are once a day. */
    daily_asked: Defaulted<number>;
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
    fact: Once<string | null>;
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
  mod_creditbridge_previews: {
    id: Once<string>;
    admin_id: Once<number>;
    rule: Once<string>;
    layer: Once<string>;
    layer_id: Once<number>;
    mode: Once<string>;
    settings: Once<string>;
    span: Once<string>;
    state: Defaulted<string>;
    running_for: ReadOnly<number | null>;
    done: Defaulted<number>;
    of_all: Defaulted<number>;
    result: string | null;
    says: Defaulted<string>;
    asked_at: Once<Moment>;
    looked_at: Moment;
    beat_at: Moment;
    ended_at: Moment | null;
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
    rule: Defaulted<string>;
    until_on: Once<string | null>;
    released_because: string | null;
    entry: bigint | null;
    terms: string | null;
    decision: string | null;
    decided_by: Defaulted<string>;
    decision_reason: Defaulted<string>;
    found_at: Once<Moment>;
    settled_at: Moment | null;
  };
  mod_creditbridge_reservations: {
    client_id: Once<number>;
    fact: Once<string>;
    rule: string;
    currency_id: number;
    amount_hundredths: bigint;
    reserved_for: string;
    for_kind: string | null;
    for_id: number | null;
    until_on: string | null;
    until_fact: string | null;
    decision_id: string;
    set_at: Moment;
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
