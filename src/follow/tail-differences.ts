import { sql, type Transaction } from 'kysely';
import {
  LOGGED_COLUMNS,
  type LoggedColumns,
  type LoggedRow,
  MOVES_CREDIT,
  ROW_SHA256,
  toLoggedRow,
} from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { type EntryKind, type Evidence, readEntryKind, readEvidence } from '../ledger/index.ts';

/** Ids of the log above `after` and up to `upTo`, or without an end. */
export interface LogRange {
  readonly after: number;
  readonly upTo: number | null;
}

/** The latest entry of a row of the log, with what a correction repeats of it. */
export interface Mirror {
  readonly sequence: bigint;
  readonly revision: number;
  readonly logId: number;
  readonly clientId: number;
  readonly currencyId: number;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly kind: EntryKind;
  readonly invoiceId: number | null;
  readonly adminId: number | null;
  readonly evidence: Evidence;
  readonly loggedOn: string | null;
  readonly description: string;
  readonly sha256: Buffer;
  /** Whether its client still exists. */
  readonly hasClient: boolean;
}

/** A row that the ledger does not mirror as it is: new, late, changed or back again. */
export interface ChangedRow {
  readonly row: LoggedRow;
  /** The latest entry of this row; null when it has none. */
  readonly mirror: Mirror | null;
}

export interface Differences {
  readonly changed: readonly ChangedRow[];
  /** Rows that the ledger mirrors and the log no longer has. */
  readonly vanished: readonly Mirror[];
}

const MIRROR_COLUMNS = sql`e.sequence, e.revision, e.log_id AS logId, e.client_id AS mirrorClientId,
  e.currency_id AS mirrorCurrencyId, e.from_account AS fromAccount, e.amount_hundredths AS amountHundredths, e.kind,
  e.invoice_id AS invoiceId, e.admin_id AS mirrorAdminId, e.evidence, e.logged_on AS loggedOn,
  e.description AS mirrorDescription, e.row_sha256 AS rowSha256, m.id IS NOT NULL AS hasClient`;

interface MirrorColumns {
  readonly sequence: bigint;
  readonly revision: number;
  readonly logId: number;
  readonly mirrorClientId: number;
  readonly mirrorCurrencyId: number;
  readonly fromAccount: string;
  readonly amountHundredths: bigint;
  readonly kind: string;
  readonly invoiceId: number | null;
  readonly mirrorAdminId: number | null;
  readonly evidence: string;
  readonly loggedOn: string | null;
  readonly mirrorDescription: string;
  readonly rowSha256: Buffer;
  readonly hasClient: number;
}

type ChangedColumns = LoggedColumns & {
  readonly [C in keyof MirrorColumns]: MirrorColumns[C] | null;
};

/** What limits a search for differences. */
export interface SearchLimits {
  /** At most this many of each kind. */
  readonly limit: number;
  /** Clients whose rows and entries are not looked at. */
  readonly leftOut: readonly number[];
}

/** Compares a part of the log with the ledger, in the database. */
export async function findDifferences(
  trx: Transaction<Database>,
  epoch: number,
  { after, upTo }: LogRange,
  { limit, leftOut }: SearchLimits,
): Promise<Differences> {
  const isIn =
    leftOut.length === 0
      ? sql``
      : sql`AND c.clientid NOT IN (${sql.join(leftOut)})
      AND COALESCE(e.client_id NOT IN (${sql.join(leftOut)}), 1)`;
  const end = upTo === null ? sql`` : sql`AND c.id <= ${upTo}`;
  // A row that moves nothing needs no entry, unless it is mirrored from before.
  const changed = await sql<ChangedColumns>`
    SELECT STRAIGHT_JOIN ${LOGGED_COLUMNS}, ${MIRROR_COLUMNS}
    FROM tblcredit c
      LEFT JOIN mod_creditbridge_entries e ON e.epoch = ${epoch} AND e.log_id = c.id
        AND e.revision = (SELECT MAX(n.revision) FROM mod_creditbridge_entries n
          WHERE n.epoch = ${epoch} AND n.log_id = c.id)
      LEFT JOIN tblclients t ON t.id = c.clientid
      LEFT JOIN tblclients m ON m.id = e.client_id
    WHERE c.id > ${after} ${end} ${isIn}
      AND IF(e.sequence IS NULL OR e.revision % 2 = 1, ${MOVES_CREDIT}, e.row_sha256 <> ${ROW_SHA256})
    ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
  return {
    changed: changed.rows.map((row) => ({
      row: toLoggedRow(row),
      mirror: hasMirror(row) ? toMirror(row) : null,
    })),
    vanished: await vanishedRows(trx, epoch, { after, upTo }, { limit, leftOut }),
  };
}

/** Reads rows that are mirrored as they are, with their latest entries. */
export async function readMirrors(
  trx: Transaction<Database>,
  epoch: number,
  ids: readonly number[],
): Promise<readonly { readonly row: LoggedRow; readonly mirror: Mirror }[]> {
  const { rows } = await sql<LoggedColumns & MirrorColumns>`
    SELECT STRAIGHT_JOIN ${LOGGED_COLUMNS}, ${MIRROR_COLUMNS}
    FROM mod_creditbridge_entries e FORCE INDEX (one_per_row)
      JOIN tblcredit c ON c.id = e.log_id
      LEFT JOIN tblclients t ON t.id = c.clientid
      JOIN tblclients m ON m.id = e.client_id
    WHERE e.epoch = ${epoch} AND e.log_id IN (${sql.join(ids)}) AND ${isLive}
      AND e.row_sha256 = ${ROW_SHA256} ORDER BY e.log_id`.execute(trx);
  return rows.map((row) => ({ row: toLoggedRow(row), mirror: toMirror(row) }));
}

/**
 * Finds mirrored rows that vanished. Rows of clients who are gone do not count: WHMCS removes them with their client
 * (whmcs.md §2.7), and a sweep ends the account, because its credit may go to another client.
 */
async function vanishedRows(
  trx: Transaction<Database>,
  epoch: number,
  { after, upTo }: LogRange,
  { limit, leftOut }: SearchLimits,
): Promise<readonly Mirror[]> {
  const isIn = leftOut.length === 0 ? sql`` : sql`AND e.client_id NOT IN (${sql.join(leftOut)})`;
  const end = upTo === null ? sql`` : sql`AND e.log_id <= ${upTo}`;
  const { rows } = await sql<MirrorColumns>`
    SELECT STRAIGHT_JOIN ${MIRROR_COLUMNS}
    FROM mod_creditbridge_entries e FORCE INDEX (one_per_row)
      JOIN tblclients m ON m.id = e.client_id
      LEFT JOIN tblcredit c ON c.id = e.log_id
    WHERE e.epoch = ${epoch} AND e.log_id > ${after} ${end} ${isIn} AND c.id IS NULL AND ${isLive}
    ORDER BY e.log_id LIMIT ${sql.lit(limit)}`.execute(trx);
  return rows.map(toMirror);
}

/** The newest mirrored rows of existing clients, and whether the log still has them unchanged. */
export async function newestMirrored(
  trx: Transaction<Database>,
  epoch: number,
  count: number,
): Promise<readonly NewestMirrored[]> {
  const { rows } = await sql<
    Omit<NewestMirrored, 'isAsMirrored'> & { readonly same: number | bigint }
  >`
    SELECT STRAIGHT_JOIN e.log_id AS logId, e.client_id AS clientId, COALESCE(e.row_sha256 = ${ROW_SHA256}, 0) AS same
    FROM mod_creditbridge_entries e FORCE INDEX (one_per_row)
      JOIN tblclients m ON m.id = e.client_id
      LEFT JOIN tblcredit c ON c.id = e.log_id
    WHERE e.epoch = ${epoch} AND e.log_id IS NOT NULL AND ${isLive}
    ORDER BY e.log_id DESC LIMIT ${sql.lit(count)}`.execute(trx);
  return rows.map(({ same, ...row }) => ({ ...row, isAsMirrored: Number(same) === 1 }));
}

interface NewestMirrored {
  readonly logId: number;
  readonly clientId: number;
  readonly isAsMirrored: boolean;
}

const isLive = sql`e.revision % 2 = 0 AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries n
  WHERE n.epoch = e.epoch AND n.log_id = e.log_id AND n.revision = e.revision + 1)`;

function hasMirror(row: ChangedColumns): row is LoggedColumns & MirrorColumns {
  return row.sequence !== null;
}

function toMirror(row: MirrorColumns): Mirror {
  const { sequence, revision, logId, amountHundredths, invoiceId, loggedOn } = row;
  return {
    sequence,
    revision,
    logId,
    amountHundredths,
    invoiceId,
    loggedOn,
    clientId: row.mirrorClientId,
    currencyId: row.mirrorCurrencyId,
    direction: row.fromAccount === `client:${row.mirrorClientId}` ? 'out' : 'in',
    kind: readEntryKind(row.kind),
    evidence: readEvidence(row.evidence),
    adminId: row.mirrorAdminId,
    description: row.mirrorDescription,
    sha256: row.rowSha256,
    hasClient: Number(row.hasClient) === 1,
  };
}
