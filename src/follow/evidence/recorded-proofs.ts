import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { type EntryKind, type RecordedProof, readEntryKind } from '../../ledger/index.ts';

/** Selects entries: of these invoices and commands, and those of these clients that no invoice proves. */
export interface Recorded {
  /** Rows that are being explained; their former entries do not count. */
  readonly rowIds: readonly number[];
  readonly invoiceIds: readonly number[];
  readonly commandIds: readonly string[];
  readonly clientIds: readonly number[];
  /** Credit of one of these amounts that these clients got before the adoption may have used the same proof. */
  readonly amountsHundredths: readonly bigint[];
}

interface Row {
  readonly sequence: string | bigint;
  readonly log_id: number | null;
  readonly client_id: number;
  readonly to_account: string;
  readonly kind: string;
  readonly amount_hundredths: string | bigint;
  readonly invoice_id: number | null;
  readonly command_id: string | null;
  readonly adds: number | bigint;
  readonly logged_on: string | null;
  readonly is_history: number | bigint;
}

const IS_HISTORY = sql`e.does = 'history'`;
const ADDS = sql`(e.kind = 'return' AND EXISTS (SELECT 1 FROM mod_creditbridge_commands k
  WHERE k.id = e.command_id AND k.action = 'AddCredit'))`;

const WITHOUT_INVOICE = [
  'payment-to-credit',
  'downgrade',
  'affiliate',
  'merge',
] satisfies EntryKind[];

/** Reads entries of the current epoch in their order, without those that were taken back: these no longer use a proof. */
export async function recordedProofs(
  trx: Transaction<Database>,
  { rowIds, invoiceIds, commandIds, clientIds, amountsHundredths }: Recorded,
): Promise<readonly RecordedProof[]> {
  const conditions = [
    ...(invoiceIds.length === 0 ? [] : [sql`e.invoice_id IN (${sql.join(invoiceIds)})`]),
    ...(commandIds.length === 0 ? [] : [sql`e.command_id IN (${sql.join(commandIds)})`]),
    ...(clientIds.length === 0
      ? []
      : [
          sql`e.client_id IN (${sql.join(clientIds)}) AND e.kind IN (${sql.join(WITHOUT_INVOICE)})`,
          sql`e.client_id IN (${sql.join(clientIds)}) AND ${IS_HISTORY} AND e.invoice_id IS NULL
            AND e.amount_hundredths IN (${sql.join([0n, ...amountsHundredths])})`,
        ]),
  ];
  if (conditions.length === 0) return [];
  const { rows } = await sql<Row>`
    ${sql.join(
      conditions.map((condition) => standing(condition, rowIds)),
      sql` UNION `,
    )} ORDER BY sequence`.execute(trx);
  return rows.map((row) => ({
    logId: row.log_id,
    clientId: row.client_id,
    kind: readEntryKind(row.kind),
    direction: row.to_account === `client:${row.client_id}` ? 'in' : 'out',
    amountHundredths: BigInt(row.amount_hundredths),
    invoiceId: row.invoice_id,
    commandId: row.command_id,
    staysOnInvoice: Number(row.adds) === 1,
    on: row.logged_on,
    isHistory: Number(row.is_history) === 1,
  }));
}

function standing(condition: RawBuilder<unknown>, rowIds: readonly number[]) {
  return sql`SELECT e.sequence, e.log_id, e.client_id, e.to_account, e.kind, e.amount_hundredths,
      e.invoice_id, e.command_id, e.logged_on, ${IS_HISTORY} AS is_history, ${ADDS} AS adds
    FROM mod_creditbridge_entries e
    WHERE ${condition} AND e.epoch = (SELECT epoch FROM mod_creditbridge_tail WHERE id = 1)
      AND e.corrects IS NULL AND (e.log_id IS NULL OR e.log_id NOT IN (${sql.join(rowIds)}))
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries c WHERE c.corrects = e.sequence)`;
}
