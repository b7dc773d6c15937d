import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { grantKinds, ledgerSettings } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';
import { AMOUNTS_KEY, parseAmounts, readApprovalAmounts } from './approval-amounts.ts';
import { findApproval, listApprovals } from './approvals.ts';
import { readBalance } from './read-balance.ts';
import type { OperationsReader, WitnessedNow } from './reads.ts';

const grantKind = z.enum(grantKinds);

/** Rows of tblcredit looked through for one client's: what happened within days, in a busy installation. */
const LOG_ROWS_MAX = 50_000;
/** Rows of one client shown of them. */
const MOVEMENTS_MAX = 50;

/** What is shown of manual operations; each method is one query. */
export function createOperationsReader(db: Kysely<Database>): OperationsReader {
  return {
    approvals: (filter, cursor, limit) => listApprovals(db, filter, cursor, limit),
    approval: (id) => findApproval(db, id),
    balance: (clientId) => readBalance(db, clientId),
    approvalAmounts: () => readApprovalAmounts(db, false),

    async approvalAmountVersions(limit) {
      const rows = await db
        .selectFrom('mod_creditbridge_rule_settings_history')
        .select(['version', 'settings', 'changed_by', 'changed_at', 'reason'])
        .where('rule', '=', AMOUNTS_KEY.rule)
        .where('layer', '=', AMOUNTS_KEY.layer)
        .where('layer_id', '=', AMOUNTS_KEY.layerId)
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => toVersion(row, parseAmounts(row.settings)));
    },

    async ledgerSettingsVersions(limit) {
      const rows = await db
        .selectFrom('mod_creditbridge_ledger_settings')
        .selectAll()
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => toVersion(row, ledgerSettings.parse(JSON.parse(row.settings))));
    },

    async grantsUsedBy(entries) {
      if (entries.length === 0) return new Map();
      const { rows } = await sql<{
        readonly spend: bigint;
        readonly grantId: bigint;
        readonly kind: string;
        readonly used: string | bigint;
      }>`
        SELECT d.spend_sequence AS spend, d.grant_id AS grantId, g.kind,
          SUM(IF(d.direction = 'draw', d.amount_hundredths, -d.amount_hundredths)) AS used
        FROM mod_creditbridge_draw_downs d JOIN mod_creditbridge_grants g ON g.id = d.grant_id
        WHERE d.spend_sequence IN (${sql.join(entries)})
        GROUP BY d.spend_sequence, d.grant_id, g.kind HAVING used > 0
        ORDER BY d.spend_sequence, MIN(d.id)`.execute(db);
      const uses = rows.map(({ spend, grantId, kind, used }) => ({
        spend,
        grantId,
        amountHundredths: BigInt(used),
        kind: grantKind.parse(kind),
      }));
      return Map.groupBy(uses, ({ spend }) => spend);
    },

    async frozenClients(limit) {
      return db
        .selectFrom('mod_creditbridge_frozen_clients')
        .select(['client_id as clientId', 'reason', 'frozen_by as by', 'frozen_at as at'])
        .orderBy('frozen_at', 'desc')
        .limit(limit)
        .execute();
    },

    async witnessedNow(clientId, invoiceId) {
      const [client, invoice] = await Promise.all([
        db.selectFrom('tblclients').select('credit').where('id', '=', clientId).executeTakeFirst(),
        invoiceId === null ? undefined : invoiceNow(db, invoiceId),
      ]);
      return {
        balanceHundredths: client === undefined ? null : parseAmount(client.credit),
        invoice: invoice ?? null,
      };
    },

    async movementsSince(clientId, creditLogId) {
      const { rows } = await sql<{
        readonly id: number;
        readonly date: string;
        readonly amount: string;
        readonly description: string;
      }>`
        SELECT l.id, l.date, l.amount, l.description FROM tblcredit l
        WHERE l.id > ${creditLogId} AND l.id <= ${creditLogId + LOG_ROWS_MAX} AND l.clientid = ${clientId}
        ORDER BY l.id LIMIT ${sql.lit(MOVEMENTS_MAX + 1)}`.execute(db);
      const newest = await db
        .selectFrom('tblcredit')
        .select(({ fn }) => fn.max('id').as('id'))
        .executeTakeFirst();
      return {
        rows: rows.slice(0, MOVEMENTS_MAX).map((row) => ({
          id: row.id,
          on: row.date.startsWith('0000') ? null : row.date,
          amountHundredths: parseAmount(row.amount),
          description: row.description,
        })),
        more: rows.length > MOVEMENTS_MAX || (newest?.id ?? 0) > creditLogId + LOG_ROWS_MAX,
      };
    },
  };
}

/** What is open on an invoice is its total less its payments (whmcs.md §2.2). */
async function invoiceNow(
  db: Kysely<Database>,
  id: number,
): Promise<WitnessedNow['invoice'] | undefined> {
  const { rows } = await sql<{
    readonly status: string;
    readonly credit: string;
    readonly total: string;
    readonly paid: string;
  }>`
    SELECT i.status, i.credit, i.total,
      (SELECT COALESCE(SUM(p.amountin - p.amountout), 0) FROM tblaccounts p WHERE p.invoiceid = i.id) AS paid
    FROM tblinvoices i WHERE i.id = ${id}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const totalHundredths = parseAmount(row.total);
  return {
    status: row.status,
    creditHundredths: parseAmount(row.credit),
    totalHundredths,
    balanceHundredths: totalHundredths - parseAmount(row.paid),
  };
}

interface VersionRow {
  readonly version: number;
  readonly changed_by: string;
  readonly changed_at: string;
  readonly reason: string;
}

function toVersion<T>(row: VersionRow, value: T) {
  return {
    version: row.version,
    value,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    reason: row.reason,
  };
}
