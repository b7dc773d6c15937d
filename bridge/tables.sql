-- The tables that shim and service share. The shim creates and upgrades them; see README.md. All times are UTC.
-- Every statement ends with a semicolon at the end of a line. Schema number: 2.

CREATE TABLE mod_creditbridge_settings (
  id TINYINT UNSIGNED NOT NULL,
  schema_number INT UNSIGNED NOT NULL,
  installation CHAR(36) CHARACTER SET ascii NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'new',
  service_url VARCHAR(255) NOT NULL DEFAULT '',
  acting_admin VARCHAR(128) NOT NULL DEFAULT '',
  veto_when_down VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT 'open',
  give_back_after_hours INT UNSIGNED NOT NULL DEFAULT 0,
  manifest_number INT UNSIGNED NOT NULL DEFAULT 0,
  manifest MEDIUMTEXT NOT NULL,
  breaker_failures INT UNSIGNED NOT NULL DEFAULT 0,
  breaker_open_until DATETIME(6) NULL,
  breaker_probe_until DATETIME(6) NULL,
  breaker_reason VARCHAR(1000) NOT NULL DEFAULT '',
  breaker_host VARCHAR(190) NOT NULL DEFAULT '',
  frozen TINYINT UNSIGNED NOT NULL DEFAULT 0,
  nonce CHAR(36) CHARACTER SET ascii NOT NULL DEFAULT '',
  fingerprint TEXT NOT NULL,
  whmcs MEDIUMTEXT NOT NULL,
  automatic_use_before VARCHAR(8) CHARACTER SET ascii NULL,
  trial TEXT NULL,
  trial_open TEXT NULL,
  service_seen_at DATETIME(6) NULL,
  service_version VARCHAR(32) CHARACTER SET ascii NOT NULL DEFAULT '',
  halted VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT '',
  halted_reason VARCHAR(500) NOT NULL DEFAULT '',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_secrets (
  direction VARCHAR(16) CHARACTER SET ascii NOT NULL,
  position VARCHAR(8) CHARACTER SET ascii NOT NULL,
  secret TEXT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (direction, position)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_spool (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  hook VARCHAR(64) CHARACTER SET ascii NOT NULL,
  item MEDIUMTEXT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  next_attempt_at DATETIME(6) NOT NULL,
  taken_until DATETIME(6) NULL,
  taken_by CHAR(36) CHARACTER SET ascii NULL,
  last_error VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  KEY next_attempt_at (next_attempt_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_commands (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
  live_fact VARCHAR(190) CHARACTER SET ascii NULL,
  client_id INT UNSIGNED NOT NULL,
  invoice_id INT UNSIGNED NULL,
  action VARCHAR(32) CHARACTER SET ascii NOT NULL,
  parameters TEXT NOT NULL,
  expects TEXT NOT NULL,
  amount_hundredths BIGINT NOT NULL DEFAULT 0,
  hold_hundredths BIGINT NOT NULL DEFAULT 0,
  rule VARCHAR(64) CHARACTER SET ascii NOT NULL,
  decision_id CHAR(36) CHARACTER SET ascii NULL,
  caused_by CHAR(36) CHARACTER SET ascii NULL,
  depth TINYINT UNSIGNED NOT NULL DEFAULT 0,
  urgency INT NOT NULL DEFAULT 100,
  not_before DATETIME(6) NULL,
  after_fact VARCHAR(190) CHARACTER SET ascii NULL,
  requires_fact VARCHAR(190) CHARACTER SET ascii NULL,
  state VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT 'open',
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  reason VARCHAR(500) NOT NULL DEFAULT '',
  fence BIGINT UNSIGNED NOT NULL DEFAULT 0,
  lease_until DATETIME(6) NULL,
  witnesses TEXT NULL,
  answer TEXT NULL,
  credit_log_id INT UNSIGNED NULL,
  created_at DATETIME(6) NOT NULL,
  started_at DATETIME(6) NULL,
  settled_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY live_fact (live_fact),
  UNIQUE KEY credit_log_id (credit_log_id),
  KEY state_urgency (state, urgency, created_at, id),
  KEY client_state (client_id, state),
  KEY fact (fact),
  KEY settled (action, state, settled_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_answered_facts (
  fact VARCHAR(190) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (fact)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_leases (
  client_id INT UNSIGNED NOT NULL,
  holder CHAR(36) CHARACTER SET ascii NULL,
  fence BIGINT UNSIGNED NOT NULL DEFAULT 0,
  until DATETIME(6) NULL,
  PRIMARY KEY (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_ceilings (
  currency_id INT UNSIGNED NOT NULL,
  single_hundredths BIGINT NOT NULL,
  client_daily_hundredths BIGINT NOT NULL,
  hourly_hundredths BIGINT NOT NULL,
  daily_hundredths BIGINT NOT NULL,
  set_by VARCHAR(64) NOT NULL,
  set_at DATETIME(6) NOT NULL,
  PRIMARY KEY (currency_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_added (
  currency_id INT UNSIGNED NOT NULL,
  client_id INT UNSIGNED NOT NULL,
  slot INT UNSIGNED NOT NULL,
  amount_hundredths BIGINT NOT NULL,
  PRIMARY KEY (currency_id, client_id, slot),
  KEY slot (slot)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_answers (
  command_id CHAR(36) CHARACTER SET ascii NOT NULL,
  admin_id INT UNSIGNED NOT NULL,
  is_done TINYINT UNSIGNED NOT NULL,
  is_alone TINYINT UNSIGNED NOT NULL,
  currency_id INT UNSIGNED NOT NULL,
  amount_hundredths BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  PRIMARY KEY (command_id, admin_id),
  KEY admin_at (admin_id, at),
  KEY at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_frozen_clients (
  client_id INT UNSIGNED NOT NULL,
  reason VARCHAR(500) NOT NULL,
  frozen_by VARCHAR(64) NOT NULL,
  frozen_at DATETIME(6) NOT NULL,
  PRIMARY KEY (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_gone_clients (
  client_id INT UNSIGNED NOT NULL,
  since DATETIME(6) NOT NULL,
  PRIMARY KEY (client_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_hosts (
  side VARCHAR(8) CHARACTER SET ascii NOT NULL,
  name VARCHAR(190) NOT NULL,
  place TEXT NOT NULL,
  let_in_by VARCHAR(255) NOT NULL DEFAULT '',
  joined_at DATETIME(6) NOT NULL,
  beat CHAR(36) CHARACTER SET ascii NOT NULL DEFAULT '',
  seen_at DATETIME(6) NOT NULL,
  waits_since DATETIME(6) NULL,
  heard TEXT NULL,
  PRIMARY KEY (side, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_rings (
  id VARCHAR(64) CHARACTER SET ascii NOT NULL,
  rung_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  KEY rung_at (rung_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_api_tokens (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  admin_id INT UNSIGNED NOT NULL,
  role_id INT UNSIGNED NOT NULL,
  role_permissions TEXT CHARACTER SET ascii NOT NULL,
  name VARCHAR(64) NOT NULL,
  token_sha256 BINARY(32) NOT NULL,
  scopes VARCHAR(190) CHARACTER SET ascii NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  last_used_at DATETIME(6) NULL,
  revoked_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY token_sha256 (token_sha256),
  KEY admin_id (admin_id),
  KEY expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE mod_creditbridge_audit (
  sequence BIGINT UNSIGNED NOT NULL,
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  actor VARCHAR(64) NOT NULL,
  act VARCHAR(64) CHARACTER SET ascii NOT NULL,
  target VARCHAR(190) NOT NULL,
  details TEXT NOT NULL,
  salt BINARY(16) NULL,
  digest BINARY(32) NOT NULL,
  link BINARY(32) NOT NULL,
  at DATETIME(6) NOT NULL,
  PRIMARY KEY (sequence),
  UNIQUE KEY id (id),
  KEY at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
