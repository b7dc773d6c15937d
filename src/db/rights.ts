import type { OwnTables } from './own-tables.ts';
import type { SharedTables } from './shared-tables.ts';
import type { WhmcsTables } from './whmcs-tables.ts';

/**
 * Everything the service's database user may do. `creditbridge grants` prints it; integration tests run as exactly this
 * user and prove the refusals.
 */

type Columns<Tables> = {
  readonly [T in keyof Tables]: { readonly [C in keyof Tables[T]]: true };
};

/**
 * The columns of WHMCS that the service reads; the compiler compares them with tables.ts. No names, addresses,
 * passwords, pay methods, users, gateway or addon settings.
 */
const WHMCS_COLUMNS: Columns<WhmcsTables> = {
  tblclients: {
    id: true,
    groupid: true,
    currency: true,
    credit: true,
    status: true,
    datecreated: true,
    country: true,
    defaultgateway: true,
  },
  tblclientgroups: { id: true, groupname: true },
  tblcurrencies: {
    id: true,
    code: true,
    prefix: true,
    suffix: true,
    format: true,
    rate: true,
    default: true,
  },
  tblinvoices: {
    id: true,
    userid: true,
    date: true,
    duedate: true,
    datepaid: true,
    last_capture_attempt: true,
    subtotal: true,
    credit: true,
    tax: true,
    tax2: true,
    total: true,
    status: true,
    paymentmethod: true,
  },
  tblinvoiceitems: {
    id: true,
    invoiceid: true,
    userid: true,
    type: true,
    relid: true,
    amount: true,
    taxed: true,
  },
  tblaccounts: {
    id: true,
    userid: true,
    currency: true,
    gateway: true,
    transid: true,
    date: true,
    amountin: true,
    amountout: true,
    invoiceid: true,
    refundid: true,
  },
  tblcredit: {
    id: true,
    clientid: true,
    date: true,
    description: true,
    amount: true,
    relid: true,
    admin_id: true,
  },
  tblorders: { id: true, userid: true, invoiceid: true, status: true, date: true },
  tblhosting: {
    id: true,
    userid: true,
    packageid: true,
    server: true,
    domainstatus: true,
    amount: true,
    billingcycle: true,
    nextduedate: true,
  },
  tblhostingaddons: {
    id: true,
    hostingid: true,
    status: true,
    recurring: true,
    billingcycle: true,
    nextduedate: true,
  },
  tbldomains: {
    id: true,
    userid: true,
    status: true,
    recurringamount: true,
    nextduedate: true,
    donotrenew: true,
  },
  tblproducts: { id: true, gid: true, name: true },
  tblproductgroups: { id: true, name: true },
  tbladmins: { id: true, username: true, disabled: true, roleid: true },
  tbladminperms: { roleid: true, permid: true },
  tblupgrades: {
    id: true,
    type: true,
    relid: true,
    amount: true,
    credit_amount: true,
    status: true,
  },
  tblaffiliates: { id: true, clientid: true },
  tblaffiliateswithdrawals: { id: true, affiliateid: true, date: true, amount: true },
};

/** What WHMCS 9 adds (whmcs.md §5): without it, notes cannot be told from money. 8.x refuses a right on a column it lacks. */
const COLUMNS_OF_NINE: Readonly<Record<string, readonly string[]>> = {
  tblaccounts: ['billingnoteid'],
};

/** What a command says. How it ended is the shim's to say, even of a new row. */
export const COMMAND_COLUMNS = [
  'id',
  'fact',
  'live_fact',
  'client_id',
  'invoice_id',
  'action',
  'parameters',
  'expects',
  'amount_hundredths',
  'hold_hundredths',
  'rule',
  'decision_id',
  'caused_by',
  'depth',
  'urgency',
  'not_before',
  'after_fact',
  'requires_fact',
  'created_at',
] as const satisfies (keyof SharedTables['mod_creditbridge_commands'])[];

/** What is proposed, and by whom, is written once: nothing about it can be changed while it waits, or afterwards. */
const APPROVAL_PROPOSED = [
  'id',
  'client_id',
  'currency_id',
  'fact',
  'operation',
  'amount_hundredths',
  'hold_hundredths',
  'proposed_by',
  'reason',
  'proposed_at',
  'expires_at',
] as const satisfies (keyof OwnTables['mod_creditbridge_approvals'])[];
const APPROVAL_DECIDED = [
  'state',
  'decided_by',
  'decided_at',
  'decision_reason',
] as const satisfies (keyof OwnTables['mod_creditbridge_approvals'])[];

/** Rows are only added, each linked to the one before it; a text can be blanked with its salt. */
const TEXT_AND_SALT_BLANKED = 'SELECT, INSERT, UPDATE (`details`, `salt`)';

const SHARED_RIGHTS: Readonly<Record<keyof SharedTables, string>> = {
  mod_creditbridge_settings:
    'SELECT, UPDATE (`service_seen_at`, `service_version`, `halted`, `halted_reason`, `fingerprint`)',
  mod_creditbridge_spool: 'SELECT',
  mod_creditbridge_commands: `SELECT, INSERT (${columnList(COMMAND_COLUMNS)})`,
  mod_creditbridge_answered_facts: 'SELECT, INSERT',
  mod_creditbridge_leases: 'SELECT',
  mod_creditbridge_answers: 'SELECT',
  mod_creditbridge_frozen_clients: 'SELECT, INSERT, DELETE',
  mod_creditbridge_gone_clients: 'SELECT, INSERT, DELETE',
  mod_creditbridge_hosts: 'SELECT, INSERT, UPDATE',
  mod_creditbridge_api_tokens: 'SELECT, UPDATE (`last_used_at`, `revoked_at`)',
  mod_creditbridge_audit: TEXT_AND_SALT_BLANKED,
};

const ALL_ROWS = 'SELECT, INSERT, UPDATE, DELETE';
/** Written once; the rights prevent any change. */
const WRITTEN_ONCE = 'SELECT, INSERT';
const PRUNED = 'SELECT, INSERT, DELETE';
/** An entry never changes, but a deleted client's texts are blanked. */
const TEXTS_BLANKED = 'SELECT, INSERT, UPDATE (`description`, `reason`)';
/** A history of settings never changes either, but what concerns a deleted client is blanked. */
const HISTORY_BLANKED = 'SELECT, INSERT, UPDATE (`settings`, `reason`)';
const TERMS_BLANKED = 'SELECT, INSERT, UPDATE (`reason`), DELETE';
const KEPT = 'SELECT, INSERT, UPDATE';

const OWN_RIGHTS: Readonly<Record<keyof OwnTables, string>> = {
  mod_creditbridge_deliveries: ALL_ROWS,
  mod_creditbridge_decisions: ALL_ROWS,
  mod_creditbridge_rule_settings: ALL_ROWS,
  mod_creditbridge_rule_settings_history: HISTORY_BLANKED,
  mod_creditbridge_rule_faults: ALL_ROWS,
  mod_creditbridge_clients: ALL_ROWS,
  mod_creditbridge_invoice_choices: ALL_ROWS,
  mod_creditbridge_kept_off: ALL_ROWS,
  mod_creditbridge_preferences: ALL_ROWS,
  mod_creditbridge_notices: ALL_ROWS,
  mod_creditbridge_runs: ALL_ROWS,
  mod_creditbridge_run_ranges: ALL_ROWS,
  mod_creditbridge_once_tokens: PRUNED,
  mod_creditbridge_state: ALL_ROWS,
  mod_creditbridge_tail: 'SELECT, UPDATE',
  mod_creditbridge_epochs: KEPT,
  mod_creditbridge_entries: TEXTS_BLANKED,
  mod_creditbridge_accounts: KEPT,
  mod_creditbridge_grants: KEPT,
  mod_creditbridge_draw_downs: WRITTEN_ONCE,
  mod_creditbridge_unfunded: ALL_ROWS,
  mod_creditbridge_ledger_settings: WRITTEN_ONCE,
  mod_creditbridge_command_terms: TERMS_BLANKED,
  mod_creditbridge_noted_limits: PRUNED,
  mod_creditbridge_drifts: ALL_ROWS,
  mod_creditbridge_findings: ALL_ROWS,
  mod_creditbridge_sweeps: KEPT,
  mod_creditbridge_approvals: `SELECT, INSERT (${columnList(APPROVAL_PROPOSED)}), UPDATE (${columnList(APPROVAL_DECIDED)}), DELETE`,
  mod_creditbridge_alone: ALL_ROWS,
  mod_creditbridge_previews: ALL_ROWS,
  mod_creditbridge_audit_anchors: 'SELECT',
  mod_creditbridge_parkings: KEPT,
  mod_creditbridge_reservations: ALL_ROWS,
  mod_creditbridge_api_requests: ALL_ROWS,
};

/** Readable, so that readiness and `doctor` can name missing migrations. */
const MIGRATION_TABLES = ['mod_creditbridge_migrations', 'mod_creditbridge_migration_lock'];

/** Every table that `creditbridge migrate` makes. */
export const OWN_TABLES: readonly string[] = [...Object.keys(OWN_RIGHTS), ...MIGRATION_TABLES];

/** The account that gets the rights. It must exist; `host` is as in MySQL's account names, such as `127.0.0.1`. */
export interface Grantee {
  readonly user: string;
  readonly host: string;
  readonly database: string;
  /** Whether `tblaccounts` has the columns of WHMCS 9; false when absent. */
  readonly hasNotes?: boolean;
}

/**
 * The GRANT statements for the service's user, without semicolons. The tables must exist: run them after the addon's
 * activation and after `migrate`, and again after an upgrade.
 */
export function grantStatements({
  user,
  host,
  database,
  hasNotes = false,
}: Grantee): readonly string[] {
  const account = quoteAccount(user, host);
  const grant = (rights: string, table: string) =>
    `GRANT ${rights} ON ${quoteName(database)}.${quoteName(table)} TO ${account}`;
  return [
    ...Object.entries(WHMCS_COLUMNS).map(([table, columns]) => {
      const added = hasNotes ? (COLUMNS_OF_NINE[table] ?? []) : [];
      return grant(
        `SELECT (${[...Object.keys(columns), ...added].map(quoteName).join(', ')})`,
        table,
      );
    }),
    ...Object.entries(SHARED_RIGHTS).map(([table, rights]) => grant(rights, table)),
    ...Object.entries(OWN_RIGHTS).map(([table, rights]) => grant(rights, table)),
    ...MIGRATION_TABLES.map((table) => grant('SELECT', table)),
  ];
}

function columnList(columns: readonly string[]): string {
  return columns.map(quoteName).join(', ');
}

/** Writes the name of a database, table or column. */
export function quoteName(identifier: string): string {
  return `\`${identifier.replaceAll('`', '``')}\``;
}

/** Writes an account as GRANT names it. */
export function quoteAccount(user: string, host: string): string {
  return `${quoteText(user)}@${quoteText(host)}`;
}

/** Writes a text. */
export function quoteText(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
