import type { CommandAction } from './command.ts';

/**
 * A condition about a row `c` of mod_creditbridge_commands, in SQL that MariaDB and MySQL read alike. Rows of a large
 * set are counted and not asked for with EXISTS: MariaDB turns EXISTS into IN and then may read the whole set for a few commands,
 * while a count looks up its rows by index.
 */
export interface CommandCondition {
  /** The schema of the shared tables that has what it reads. A shim with older tables leaves it out. */
  readonly schema: number;
  readonly sql: string;
}

/**
 * Actions that change credit or an invoice. One per client and per invoice at a time; the others wait while one is running or in
 * doubt. What they did is kept for ever.
 */
export const moneyActions = [
  'AddCredit',
  'ApplyCredit',
  'UnapplyCredit',
  'UpdateInvoice',
  'CreateInvoice',
  'CapturePayment',
] as const satisfies CommandAction[];

const MONEY = `(${moneyActions.map((action) => `'${action}'`).join(', ')})`;
const SETTLED = "('done', 'refused', 'stale')";

const PAIRED = "s.state = 'paired' AND s.frozen = 0";
const NOT_HALTED = "s.halted = ''";

/** What must be true of the one row `s` of mod_creditbridge_settings, for a statement that reads more of it. */
export const installationIsReady = `${PAIRED} AND ${NOT_HALTED}`;

const isPaired = { schema: 1, sql: ofInstallation(PAIRED) };
const isNotHalted = { schema: 2, sql: ofInstallation(NOT_HALTED) };

function ofInstallation(condition: string): string {
  return `EXISTS (SELECT 1 FROM mod_creditbridge_settings s WHERE s.id = 1 AND ${condition})`;
}

const clientIsNotFrozen = {
  schema: 2,
  sql: '(SELECT COUNT(*) FROM mod_creditbridge_frozen_clients z WHERE z.client_id = c.client_id) = 0',
};

const isOpen = { schema: 1, sql: "c.state = 'open'" };

/** Its time has come, or the command that it waits for is settled. */
const isDue = {
  schema: 1,
  sql: `(c.not_before IS NULL OR c.not_before <= UTC_TIMESTAMP(6)
  OR c.after_fact IS NOT NULL AND (SELECT COUNT(*) FROM mod_creditbridge_commands f FORCE INDEX (fact)
    WHERE f.fact = c.after_fact AND f.state IN ${SETTLED}) > 0)`,
};

/** The command that it requires is settled. If that one is not done, the shim makes this one stale. */
const hasWhatItRequires = {
  schema: 2,
  sql: `(c.requires_fact IS NULL
  OR (SELECT COUNT(*) FROM mod_creditbridge_commands d FORCE INDEX (fact)
    WHERE d.fact = c.requires_fact AND d.state IN ${SETTLED}) > 0
  AND (SELECT COUNT(*) FROM mod_creditbridge_commands w
    WHERE w.live_fact = c.requires_fact AND w.state <> 'done') = 0)`,
};

/** No executor is at work for its client. */
const leaseIsFree = {
  schema: 1,
  sql: `(SELECT COUNT(*) FROM mod_creditbridge_leases l
  WHERE l.client_id = c.client_id AND l.until >= UTC_TIMESTAMP(6)) = 0`,
};

/** No other money command of its client, or on its invoice (whoever owned it then), is running or in doubt: a small set. */
const moneyIsAtRest = {
  schema: 1,
  sql: `(c.action NOT IN ${MONEY}
  OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands u
    WHERE u.client_id = c.client_id AND u.state IN ('running', 'unknown')
    AND u.action IN ${MONEY}
  )
  AND (c.invoice_id IS NULL OR NOT EXISTS (SELECT 1 FROM mod_creditbridge_commands v
    WHERE v.invoice_id = c.invoice_id AND v.state IN ('running', 'unknown')
    AND v.action IN ${MONEY}
  )))`,
};

/** The process that ran it is gone: its time is over, and the lock that lives as long as the process is free. */
const isLeftBehind = {
  schema: 1,
  sql: `c.state = 'running' AND (c.lease_until IS NULL OR c.lease_until < UTC_TIMESTAMP(6))
  AND IS_FREE_LOCK(CONCAT('creditbridge:', c.id)) = 1`,
};

/** Nothing may be started or settled while the installation or the client is stopped. */
const mayAct = [isPaired, isNotHalted, clientIsNotFrozen];

/**
 * Which commands the shim can move on now, written once for both sides: the service counts these commands and rings for
 * them, and the shim takes these and no others (`lib/Command/Conditions.php` is generated from here). The time is the
 * database's. A command whose attempts are used up is runnable: the shim refuses it.
 */
export const commandConditions = {
  /** Checked again when a command starts. */
  mayAct,
  /** An open command that can run. */
  runnable: [isOpen, ...mayAct, isDue, hasWhatItRequires, leaseIsFree, moneyIsAtRest],
  /** A running command that nobody runs any more: it can be settled. */
  leftBehind: [isLeftBehind, ...mayAct],
} as const satisfies Readonly<Record<string, readonly CommandCondition[]>>;

/** Conditions as one, for tables of the current schema. */
export function allOf(conditions: readonly CommandCondition[]): string {
  return conditions.map(({ sql }) => sql).join('\n  AND ');
}
