import { type Kysely, sql } from 'kysely';

/** A member of a stored JSON text, as a column: queries compare it, never the text, whose keys may stand in any order. */
function member(column: string, name: string): string {
  return `IF(JSON_VALID(${column}), JSON_UNQUOTE(JSON_EXTRACT(${column}, '$.${name}')), NULL)`;
}

/** The same for a sequence, which JSON holds as a text, or null. */
function sequence(column: string, name: string): string {
  return `CAST(NULLIF(${member(column, name)}, 'null') AS UNSIGNED)`;
}

/**
 * The ledger, operations by hand with their approvals, and API tokens. src/ledger/README.md explains the words. As in
 * the first migration: InnoDB, utf8mb4, UTC `DATETIME(6)`, amounts in BIGINT hundredths.
 */
const TABLES = [
  // One row, id 1: the position of the tail of tblcredit. Every writer to the ledger locks it, so that sequences have
  // no gaps and no duplicates. `state`: `new`, `adopting`, `following`, `stopped` (the log went back; `reason` says how
  // this was found). `cursor_log_id` and `cursor_sha256` name the row at the cursor. `rounds` only grows: a process
  // that has seen a higher number knows that the database was restored. `announced_sequence`: the rules know the
  // entries up to this one.
  `CREATE TABLE mod_creditbridge_tail (
    id TINYINT UNSIGNED NOT NULL,
    epoch INT UNSIGNED NOT NULL DEFAULT 0,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'new',
    reason VARCHAR(500) NOT NULL DEFAULT '',
    cursor_log_id INT UNSIGNED NOT NULL DEFAULT 0,
    cursor_sha256 BINARY(32) NULL,
    next_sequence BIGINT UNSIGNED NOT NULL DEFAULT 1,
    announced_sequence BIGINT UNSIGNED NOT NULL DEFAULT 0,
    rounds BIGINT UNSIGNED NOT NULL DEFAULT 0,
    holder CHAR(36) CHARACTER SET ascii NULL,
    fence BIGINT UNSIGNED NOT NULL DEFAULT 0,
    held_until DATETIME(6) NULL,
    looked_at DATETIME(6) NULL,
    compare_log_id INT UNSIGNED NOT NULL DEFAULT 0,
    compared_at DATETIME(6) NULL,
    PRIMARY KEY (id)
  )`,
  // One row per adoption. During it, `cursor_log_id` is the last imported row and `cursor_client_id` the last client
  // with an account. `high_log_id` is the last row of the history; the tail begins after it. `adopted_on` is WHMCS's
  // local date.
  `CREATE TABLE mod_creditbridge_epochs (
    epoch INT UNSIGNED NOT NULL,
    why VARCHAR(32) CHARACTER SET ascii NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL,
    cursor_log_id INT UNSIGNED NOT NULL DEFAULT 0,
    high_log_id INT UNSIGNED NOT NULL DEFAULT 0,
    cursor_client_id INT UNSIGNED NOT NULL DEFAULT 0,
    rows_imported BIGINT UNSIGNED NOT NULL DEFAULT 0,
    adopted_on DATE NULL,
    started_at DATETIME(6) NOT NULL,
    adopted_at DATETIME(6) NULL,
    PRIMARY KEY (epoch)
  )`,
  // Never changed, never deleted; only the texts are blanked when their client is deleted. `log_id` and `revision` name
  // the row of tblcredit that an entry mirrors: revision 0 mirrors it, an odd revision reverses an entry (`corrects`),
  // the next even revision mirrors the row again. `act` is the JSON of what the entry does to the account's grants; a
  // replay of the acts in the order of `sequence` rebuilds every grant. `does` and `takes_back` are members of it.
  // Exactly one of `from_account` and `to_account` is `client:<id>`.
  `CREATE TABLE mod_creditbridge_entries (
    sequence BIGINT UNSIGNED NOT NULL,
    epoch INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    from_account VARCHAR(32) CHARACTER SET ascii NOT NULL,
    to_account VARCHAR(32) CHARACTER SET ascii NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    kind VARCHAR(24) CHARACTER SET ascii NOT NULL,
    act VARCHAR(2000) CHARACTER SET ascii NOT NULL,
    does VARCHAR(24) CHARACTER SET ascii AS (${member('act', 'do')}) VIRTUAL,
    takes_back BIGINT UNSIGNED AS (${sequence('act', 'returns')}) VIRTUAL,
    settings_version INT UNSIGNED NOT NULL DEFAULT 0,
    log_id INT UNSIGNED NULL,
    revision SMALLINT UNSIGNED NOT NULL DEFAULT 0,
    corrects BIGINT UNSIGNED NULL,
    invoice_id INT UNSIGNED NULL,
    command_id CHAR(36) CHARACTER SET ascii NULL,
    admin_id INT UNSIGNED NULL,
    evidence VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'none',
    logged_on DATE NULL,
    description VARCHAR(500) NOT NULL DEFAULT '',
    reason VARCHAR(500) NOT NULL DEFAULT '',
    row_sha256 BINARY(32) NULL,
    recorded_at DATETIME(6) NOT NULL,
    PRIMARY KEY (sequence),
    UNIQUE KEY one_per_row (epoch, log_id, revision),
    KEY client (client_id, currency_id, sequence),
    KEY invoice_id (invoice_id),
    KEY command_id (command_id),
    KEY corrects (corrects)
  )`,
  // One row per client and currency: the account's sums in the current epoch. Its grants change only under the lock of
  // this row. `balance` is the sum of its entries; `remaining` and `unfunded` are the sums over its grants and entries.
  `CREATE TABLE mod_creditbridge_accounts (
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    epoch INT UNSIGNED NOT NULL,
    opening_hundredths BIGINT NOT NULL DEFAULT 0,
    is_open TINYINT UNSIGNED NOT NULL DEFAULT 0,
    balance_hundredths BIGINT NOT NULL DEFAULT 0,
    remaining_hundredths BIGINT NOT NULL DEFAULT 0,
    unfunded_hundredths BIGINT NOT NULL DEFAULT 0,
    last_sequence BIGINT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (client_id, currency_id),
    KEY epoch (epoch, is_open, client_id)
  )`,
  // A grant has the sequence of the entry that opened it. `remaining` is derived from the draw-downs. `expiry_asked` and
  // `refund_asked`: with which day and settings the rules were asked about it; empty while they are to be asked.
  // `expiry_due` leaves out grants with nothing left, so that nobody reads them. `money_back`: of the payment that gave
  // this credit, or that it follows, how much money went back to the payer, as far as it was looked at.
  `CREATE TABLE mod_creditbridge_grants (
    id BIGINT UNSIGNED NOT NULL,
    epoch INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) CHARACTER SET ascii NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    remaining_hundredths BIGINT NOT NULL,
    opened_on DATE NULL,
    starts_on DATE NULL,
    expires_on DATE NULL,
    priority SMALLINT NOT NULL DEFAULT 100,
    refundable TINYINT UNSIGNED NOT NULL DEFAULT 0,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
    command_id CHAR(36) CHARACTER SET ascii NULL,
    follows_invoice_id INT UNSIGNED NULL,
    money_back_hundredths BIGINT NOT NULL DEFAULT 0,
    expiry_asked VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
    refund_asked VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
    expiry_due VARCHAR(64) CHARACTER SET ascii AS (IF(remaining_hundredths > 0, expiry_asked, NULL)) VIRTUAL,
    PRIMARY KEY (id),
    KEY client (client_id, currency_id, remaining_hundredths),
    KEY expires_on (expires_on, remaining_hundredths),
    KEY expiry_due (epoch, expiry_due, expires_on),
    KEY follows_invoice_id (follows_invoice_id),
    KEY money_back (epoch, money_back_hundredths),
    KEY command_id (command_id)
  )`,
  // Which grants an entry used, in the order of `id`. `spend_sequence` is the entry that used them. `by_sequence` is
  // the entry that caused this row (the same one, a later grant that funded it, a return, or a correction). `direction`
  // is `draw` or `return`; amounts are positive; rows never change.
  `CREATE TABLE mod_creditbridge_draw_downs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
    epoch INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    grant_id BIGINT UNSIGNED NOT NULL,
    spend_sequence BIGINT UNSIGNED NOT NULL,
    by_sequence BIGINT UNSIGNED NOT NULL,
    direction VARCHAR(8) CHARACTER SET ascii NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    PRIMARY KEY (id),
    KEY grant_id (grant_id),
    KEY spend_sequence (spend_sequence),
    KEY by_sequence (by_sequence)
  )`,
  // Spent amounts that no grant covers, by entry. A row is deleted when its amount is covered.
  `CREATE TABLE mod_creditbridge_unfunded (
    sequence BIGINT UNSIGNED NOT NULL,
    epoch INT UNSIGNED NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    PRIMARY KEY (sequence),
    KEY client (client_id, currency_id)
  )`,
  // How the ledger draws grants. Each entry names its version, so that a replay needs nothing else.
  `CREATE TABLE mod_creditbridge_ledger_settings (
    version INT UNSIGNED NOT NULL,
    settings VARCHAR(1000) CHARACTER SET ascii NOT NULL,
    changed_by VARCHAR(64) NOT NULL,
    reason VARCHAR(255) NOT NULL DEFAULT '',
    changed_at DATETIME(6) NOT NULL,
    PRIMARY KEY (version)
  )`,
  // What a command means to the ledger; written together with the command. `act` is the JSON that its entry will have.
  // `operation_id` names the operation by hand it belongs to.
  `CREATE TABLE mod_creditbridge_command_terms (
    command_id CHAR(36) CHARACTER SET ascii NOT NULL,
    kind VARCHAR(24) CHARACTER SET ascii NOT NULL,
    act VARCHAR(2000) CHARACTER SET ascii NOT NULL,
    does VARCHAR(24) CHARACTER SET ascii AS (${member('act', 'do')}) VIRTUAL,
    corrects BIGINT UNSIGNED AS (${sequence('act', 'corrects')}) VIRTUAL,
    invoice_id INT UNSIGNED NULL,
    actor VARCHAR(64) NOT NULL DEFAULT '',
    reason VARCHAR(500) NOT NULL DEFAULT '',
    operation_id CHAR(36) CHARACTER SET ascii NULL,
    PRIMARY KEY (command_id),
    KEY kind (kind, operation_id)
  )`,
  // What rules that limit said about an operation by hand, which they do not hold back; written with its commands, or with the
  // proposal to a second admin. at_most_hundredths is NULL for a rule that failed, `rule` is '' when no rule could be asked.
  `CREATE TABLE mod_creditbridge_noted_limits (
    operation_id CHAR(36) CHARACTER SET ascii NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    mode VARCHAR(8) CHARACTER SET ascii NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    at_most_hundredths BIGINT NULL,
    because VARCHAR(500) NOT NULL,
    actor VARCHAR(64) NOT NULL,
    PRIMARY KEY (operation_id, client_id, rule)
  )`,
  // A difference between WHMCS and the ledger: `suspected` after the first check, `open` when a second check five
  // minutes later finds the same, deleted when a check finds none. `whmcs` and `ledger` are the two balances.
  `CREATE TABLE mod_creditbridge_drifts (
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL,
    whmcs_hundredths BIGINT NOT NULL,
    ledger_hundredths BIGINT NOT NULL,
    first_seen_at DATETIME(6) NOT NULL,
    last_seen_at DATETIME(6) NOT NULL,
    PRIMARY KEY (client_id, currency_id),
    KEY state (state, first_seen_at)
  )`,
  // What a sweep found that no hook reported: one row per fact, with what was done about it. `other_client_id` is the
  // client into whom `client_id` was merged.
  `CREATE TABLE mod_creditbridge_findings (
    fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
    kind VARCHAR(32) CHARACTER SET ascii NOT NULL,
    client_id INT UNSIGNED NULL,
    other_client_id INT UNSIGNED NULL,
    invoice_id INT UNSIGNED NULL,
    text VARCHAR(1000) NOT NULL,
    outcome VARCHAR(16) CHARACTER SET ascii NOT NULL,
    found_at DATETIME(6) NOT NULL,
    settled_at DATETIME(6) NULL,
    settled_by VARCHAR(64) NOT NULL DEFAULT '',
    reason VARCHAR(500) NOT NULL DEFAULT '',
    PRIMARY KEY (fact),
    KEY outcome (outcome, found_at),
    KEY client_id (client_id),
    KEY other_client_id (other_client_id)
  )`,
  // The position of each sweep, and what it saw there.
  `CREATE TABLE mod_creditbridge_sweeps (
    name VARCHAR(32) CHARACTER SET ascii NOT NULL,
    cursor_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
    swept_at DATETIME(6) NULL,
    PRIMARY KEY (name)
  )`,
  // Operations by hand that need, or needed, a second admin. While one is `pending`, `hold_hundredths` of its client is
  // held. `operation` is the JSON of what will be done. `proposed_by` and `decided_by` are `admin:<id>` or
  // `cli:<user>`. What a rule proposed (`rule:<id>`) has the fact that it answers: an admin is asked about it once.
  `CREATE TABLE mod_creditbridge_approvals (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NULL,
    fact VARCHAR(190) CHARACTER SET ascii NULL,
    operation TEXT NOT NULL,
    kind VARCHAR(24) AS (${member('operation', 'kind')}) VIRTUAL,
    undoes BIGINT UNSIGNED AS (${sequence('operation', 'undoes')}) VIRTUAL,
    amount_hundredths BIGINT NOT NULL,
    hold_hundredths BIGINT NOT NULL DEFAULT 0,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'pending',
    proposed_by VARCHAR(64) NOT NULL,
    reason VARCHAR(500) NOT NULL,
    proposed_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    decided_by VARCHAR(64) NOT NULL DEFAULT '',
    decided_at DATETIME(6) NULL,
    decision_reason VARCHAR(500) NOT NULL DEFAULT '',
    PRIMARY KEY (id),
    UNIQUE KEY fact (fact),
    KEY state (state, proposed_at),
    KEY client_state (client_id, state),
    KEY kind (kind, state, id)
  )`,
  // What an admin did, or lets rules do, that no second admin agreed to (src/operations/README.md). `since`: when it was done; null
  // while a rule's settings of one admin stand, because they may give as much every day. `subject` names such settings.
  `CREATE TABLE mod_creditbridge_alone (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    actor VARCHAR(64) NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    since DATETIME(6) NULL,
    subject VARCHAR(190) CHARACTER SET ascii NULL,
    PRIMARY KEY (id),
    KEY actor (actor, since),
    KEY subject (subject)
  )`,
  // Credit that must wait: of payments in doubt, or parked by hand. `id` is the operation that parks it, `fact` what it answers.
  // While it is `reserved` and no command of that operation (`park_fact`) is live, our rules leave the amount alone; then it is
  // off the balance (`parked`), with `terms` of the grant it came from and `entry`, which took it. `decision` is the operation
  // that gives it back or keeps it.
  `CREATE TABLE mod_creditbridge_parkings (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
    park_fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
    client_id INT UNSIGNED NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    invoice_id INT UNSIGNED NULL,
    transaction_id INT UNSIGNED NULL,
    grant_id BIGINT UNSIGNED NULL,
    amount_hundredths BIGINT NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL,
    reason VARCHAR(500) NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
    until_on DATE NULL,
    released_because VARCHAR(500) NULL,
    entry BIGINT UNSIGNED NULL,
    terms VARCHAR(2000) CHARACTER SET ascii NULL,
    decision CHAR(36) CHARACTER SET ascii NULL,
    decided_by VARCHAR(64) NOT NULL DEFAULT '',
    decision_reason VARCHAR(500) NOT NULL DEFAULT '',
    found_at DATETIME(6) NOT NULL,
    settled_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY fact (fact),
    KEY client_state (client_id, state),
    KEY state (state, id)
  )`,
  // Credit that rules reserve. What is over by its day, or because a command answers `until_fact`, counts no more, without anything
  // being done.
  `CREATE TABLE mod_creditbridge_reservations (
    client_id INT UNSIGNED NOT NULL,
    fact VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    currency_id INT UNSIGNED NOT NULL,
    amount_hundredths BIGINT NOT NULL,
    reserved_for VARCHAR(500) NOT NULL,
    for_kind VARCHAR(16) CHARACTER SET ascii NULL,
    for_id INT UNSIGNED NULL,
    until_on DATE NULL,
    until_fact VARCHAR(190) CHARACTER SET ascii NULL,
    decision_id CHAR(36) CHARACTER SET ascii NOT NULL,
    set_at DATETIME(6) NOT NULL,
    PRIMARY KEY (client_id, fact),
    KEY set_at (set_at)
  )`,
  // Where the audit was pruned: the last row that went, by its number and its link. `creditbridge prune-audit` writes it with the
  // migrating account, so the service cannot.
  `CREATE TABLE mod_creditbridge_audit_anchors (
    sequence BIGINT UNSIGNED NOT NULL,
    link BINARY(32) NOT NULL,
    pruned_at DATETIME(6) NOT NULL,
    PRIMARY KEY (sequence)
  )`,
  // Requests to the API with an Idempotency-Key: a repeat gets `answer`. The operation's id is created with the row,
  // before anything is done.
  `CREATE TABLE mod_creditbridge_api_requests (
    admin_id INT UNSIGNED NOT NULL,
    key_sha256 BINARY(32) NOT NULL,
    asked_sha256 BINARY(32) NOT NULL,
    operation_id CHAR(36) CHARACTER SET ascii NOT NULL,
    answer TEXT NULL,
    asked_at DATETIME(6) NOT NULL,
    PRIMARY KEY (admin_id, key_sha256),
    KEY asked_at (asked_at)
  )`,
  // Settings that an admin tries (src/preview/README.md): what was asked, how far it is, what came out. `running_for` lets each
  // admin have one at a time. `looked_at`: somebody waits for it; `beat_at`: somebody works on it.
  `CREATE TABLE mod_creditbridge_previews (
    id CHAR(36) CHARACTER SET ascii NOT NULL,
    admin_id INT UNSIGNED NOT NULL,
    rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
    layer VARCHAR(16) CHARACTER SET ascii NOT NULL,
    layer_id INT UNSIGNED NOT NULL,
    mode VARCHAR(16) CHARACTER SET ascii NOT NULL,
    settings MEDIUMTEXT NOT NULL,
    span VARCHAR(16) CHARACTER SET ascii NOT NULL,
    state VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'running',
    running_for INT UNSIGNED AS (IF(state = 'running', admin_id, NULL)) VIRTUAL,
    done INT UNSIGNED NOT NULL DEFAULT 0,
    of_all INT UNSIGNED NOT NULL DEFAULT 0,
    result MEDIUMTEXT NULL,
    says VARCHAR(500) NOT NULL DEFAULT '',
    asked_at DATETIME(6) NOT NULL,
    looked_at DATETIME(6) NOT NULL,
    beat_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    PRIMARY KEY (id),
    UNIQUE KEY running_for (running_for),
    KEY rule (rule, layer, layer_id, asked_at),
    KEY asked_at (asked_at)
  )`,
] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) {
    await sql
      .raw(`${table} ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`)
      .execute(db);
  }
  await sql`INSERT INTO mod_creditbridge_tail (id) VALUES (1)`.execute(db);
  // The shim keeps frozen clients in a table of its own (bridge/tables.sql).
  await sql`ALTER TABLE mod_creditbridge_clients DROP COLUMN frozen`.execute(db);
}
