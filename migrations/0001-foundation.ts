import { type Kysely, sql } from 'kysely';

/**
 * The service's own tables. The shim creates the tables that both share (settings, secrets, spool, commands, leases)
 * when the addon is activated; see bridge/tables.sql.
 *
 * Everything is InnoDB, utf8mb4 and UTC `DATETIME(6)`; amounts are BIGINT hundredths.
 */
const TABLES = [
  // The inbox, one row per delivery. `item` is cleared after its retention time; the other columns stay longer.
  `CREATE TABLE mod_creditbridge_deliveries (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    type VARCHAR(64) CHARACTER SET ascii NOT NULL,
    item_sha256 BINARY(32) NOT NULL,
    item MEDIUMTEXT NULL,
    outcome VARCHAR(16) CHARACTER SET ascii NOT NULL,
    code VARCHAR(40) CHARACTER SET ascii NOT NULL DEFAULT '',
    message VARCHAR(500) NOT NULL DEFAULT '',
    client_id INT UNSIGNED NULL,
    invoice_id INT UNSIGNED NULL,
    caused_by CHAR(36) CHARACTER SET ascii NULL,
    fired_at DATETIME(6) NOT NULL,
    received_at DATETIME(6) NOT NULL,
    looks INT UNSIGNED NOT NULL DEFAULT 1,
    duplicates INT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY received_at (received_at),
    KEY outcome (outcome, received_at),
    KEY invoice_id (invoice_id),
    KEY client_id (client_id)
  )`,
  // What the rules said about a target, and the result. A decision that changed nothing has a `repeat_key`, so there is one
  // such row per rule and target. The others have none: there may be many, and their index costs little.
  `CREATE TABLE mod_creditbridge_decisions (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    target VARCHAR(48) CHARACTER SET ascii NOT NULL,
    repeat_key VARCHAR(160) CHARACTER SET ascii NULL,
    client_id INT UNSIGNED NOT NULL,
    invoice_id INT UNSIGNED NULL,
    event VARCHAR(64) CHARACTER SET ascii NOT NULL,
    delivery_id CHAR(36) CHARACTER SET ascii NULL,
    run_id CHAR(36) CHARACTER SET ascii NULL,
    outcome VARCHAR(16) CHARACTER SET ascii NOT NULL,
    effect VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT '',
    amount_hundredths BIGINT NOT NULL DEFAULT 0,
    fact VARCHAR(190) CHARACTER SET ascii NULL,
    reason VARCHAR(500) NOT NULL DEFAULT '',
    trace MEDIUMTEXT NOT NULL,
    settings_version INT UNSIGNED NOT NULL DEFAULT 0,
    first_at DATETIME(6) NOT NULL,
    last_at DATETIME(6) NOT NULL,
    times INT UNSIGNED NOT NULL DEFAULT 1,
    PRIMARY KEY (id),
    UNIQUE KEY repeat_key (repeat_key),
    KEY invoice_id (invoice_id),
    KEY client_id (client_id),
    KEY last_at (last_at)
  )`,
  `CREATE TABLE mod_creditbridge_rule_settings (
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    layer VARCHAR(16) CHARACTER SET ascii NOT NULL,
    layer_id INT UNSIGNED NOT NULL DEFAULT 0,
    mode VARCHAR(8) CHARACTER SET ascii NOT NULL,
    settings MEDIUMTEXT NOT NULL,
    version INT UNSIGNED NOT NULL,
    changed_by VARCHAR(64) NOT NULL,
    changed_at DATETIME(6) NOT NULL,
    reason VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (rule, layer, layer_id)
  )`,
  `CREATE TABLE mod_creditbridge_rule_settings_history (
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    layer VARCHAR(16) CHARACTER SET ascii NOT NULL,
    layer_id INT UNSIGNED NOT NULL DEFAULT 0,
    version INT UNSIGNED NOT NULL,
    mode VARCHAR(8) CHARACTER SET ascii NOT NULL,
    settings MEDIUMTEXT NOT NULL,
    changed_by VARCHAR(64) NOT NULL,
    changed_at DATETIME(6) NOT NULL,
    reason VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (rule, layer, layer_id, version)
  )`,
  // Faults of rules: which rule threw, looped or returned an invalid value, and whether it is paused.
  `CREATE TABLE mod_creditbridge_rule_faults (
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    faults INT UNSIGNED NOT NULL,
    paused_at DATETIME(6) NULL,
    last_fault VARCHAR(500) NOT NULL,
    last_at DATETIME(6) NOT NULL,
    PRIMARY KEY (rule)
  )`,
  // One row per client with decisions. Locked while deciding, so that two replicas never spend one balance twice.
  `CREATE TABLE mod_creditbridge_clients (
    client_id INT UNSIGNED NOT NULL,
    version BIGINT UNSIGNED NOT NULL DEFAULT 0,
    frozen TINYINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id)
  )`,
  // The client's choice at checkout for the invoice of an order. It wins over the rules.
  `CREATE TABLE mod_creditbridge_invoice_choices (
    invoice_id INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    choice VARCHAR(8) CHARACTER SET ascii NOT NULL,
    delivery_id CHAR(36) CHARACTER SET ascii NOT NULL,
    chosen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (invoice_id)
  )`,
  // Invoices that somebody wants no credit on: no rule puts any on them. `sequence` is the entry by which credit was taken off by
  // hand; without one, the actor `said_by` said so.
  `CREATE TABLE mod_creditbridge_kept_off (
    invoice_id INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    sequence BIGINT UNSIGNED NULL,
    said_by VARCHAR(64) NOT NULL DEFAULT '',
    since DATETIME(6) NOT NULL,
    PRIMARY KEY (invoice_id),
    KEY sequence (sequence)
  )`,
  // What a client wants differently from the rules: `service_id` 0 stands for all invoices. Without a row all is as usual.
  `CREATE TABLE mod_creditbridge_preferences (
    client_id INT UNSIGNED NOT NULL,
    service_id INT UNSIGNED NOT NULL,
    choice VARCHAR(8) CHARACTER SET ascii NOT NULL,
    changed_by VARCHAR(64) NOT NULL,
    changed_at DATETIME(6) NOT NULL,
    PRIMARY KEY (client_id, service_id)
  )`,
  `CREATE TABLE mod_creditbridge_notices (
    fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
    level VARCHAR(8) CHARACTER SET ascii NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    client_id INT UNSIGNED NULL,
    invoice_id INT UNSIGNED NULL,
    text VARCHAR(1000) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    seen_at DATETIME(6) NULL,
    seen_by VARCHAR(64) NOT NULL DEFAULT '',
    PRIMARY KEY (fact),
    KEY seen_at (seen_at, created_at)
  )`,
  // One run per local date of WHMCS: `planning`, `planned`, `closing` (the last sweep of the day), `closed`.
  `CREATE TABLE mod_creditbridge_runs (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    local_date DATE NOT NULL,
    zone VARCHAR(64) CHARACTER SET ascii NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL,
    started_at DATETIME(6) NOT NULL,
    planned_at DATETIME(6) NULL,
    closed_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY local_date (local_date)
  )`,
  // The ranges of clients of a run: `open`, `taken` or `done`. `fence` grows each time a range is taken; a process with
  // an older number must not write.
  `CREATE TABLE mod_creditbridge_run_ranges (
    run_id CHAR(36) CHARACTER SET ascii NOT NULL,
    from_client_id INT UNSIGNED NOT NULL,
    to_client_id INT UNSIGNED NOT NULL,
    state VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT 'open',
    fence BIGINT UNSIGNED NOT NULL DEFAULT 0,
    taken_until DATETIME(6) NULL,
    decisions INT UNSIGNED NOT NULL DEFAULT 0,
    commands INT UNSIGNED NOT NULL DEFAULT 0,
    daily_asked TINYINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, from_client_id),
    KEY state (run_id, state)
  )`,
  `CREATE TABLE mod_creditbridge_once_tokens (
    token CHAR(36) CHARACTER SET ascii NOT NULL,
    used_at DATETIME(6) NOT NULL,
    PRIMARY KEY (token),
    KEY used_at (used_at)
  )`,
  // Small values that all replicas share: `settings-version`, `manifest-number`, counted refusals by code.
  `CREATE TABLE mod_creditbridge_state (
    name VARCHAR(64) CHARACTER SET ascii NOT NULL,
    value VARCHAR(255) NOT NULL,
    PRIMARY KEY (name)
  )`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) {
    await sql
      .raw(`${table} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`)
      .execute(db);
  }
}
