import { type RawBuilder, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../db/index.ts';
import { type CommandProof, type LogRow, markerIn } from '../../ledger/index.ts';

interface Row {
  readonly id: string;
  readonly client_id: number;
  readonly invoice_id: number | null;
  readonly action: string;
  readonly parameters: string;
  readonly amount_hundredths: string | bigint;
  readonly rule: string;
  readonly state: string;
  readonly credit_log_id: number | null;
  readonly witnesses: string | null;
  readonly kind: string | null;
  readonly act: string | null;
  readonly terms_invoice_id: number | null;
  readonly actor: string | null;
  readonly why: string | null;
}

const parameters = z.object({ type: z.string().optional() });
const witnesses = z.object({ creditId: z.coerce.number() });

/**
 * Finds commands that name one of these rows, whose marker a row carries, or that are putting credit on an invoice of their
 * clients or taking it off.
 */
export async function commandsBehind(
  trx: Transaction<Database>,
  rows: readonly LogRow[],
): Promise<readonly CommandProof[]> {
  const ids = rows.map(({ id }) => id);
  const clients = [...new Set(rows.map(({ clientId }) => clientId))];
  const markers = [...new Set(rows.flatMap(({ description }) => markerIn(description) ?? []))];
  const parts = [
    commandsWhere(sql``, sql`k.credit_log_id IN (${sql.join(ids)})`),
    commandsWhere(
      sql`FORCE INDEX (client_state)`,
      sql`k.client_id IN (${sql.join(clients)}) AND k.state IN ('running', 'unknown')
        AND k.action IN ('ApplyCredit', 'UnapplyCredit')`,
    ),
    ...(markers.length === 0 ? [] : [commandsWhere(sql``, sql`k.id IN (${sql.join(markers)})`)]),
  ];
  const found = await sql<Row>`${sql.join(parts, sql` UNION `)}`.execute(trx);
  return found.rows
    .map(toProof)
    .filter((proof) => proof !== undefined)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function commandsWhere(hint: RawBuilder<unknown>, condition: RawBuilder<unknown>) {
  return sql`SELECT k.id, k.client_id, k.invoice_id, k.action, k.parameters, k.amount_hundredths, k.rule, k.state,
      k.credit_log_id, k.witnesses, t.kind, t.act, t.invoice_id AS terms_invoice_id, t.actor, t.reason AS why
    FROM mod_creditbridge_commands k ${hint}
    LEFT JOIN mod_creditbridge_command_terms t ON t.command_id = k.id
    WHERE ${condition}`;
}

/** Only these actions leave a row in the log (whmcs.md §3.2). */
const LOGGED: readonly string[] = ['AddCredit', 'ApplyCredit', 'UnapplyCredit'];

function toProof(row: Row): CommandProof | undefined {
  if (!LOGGED.includes(row.action)) return undefined;
  const takes = row.action === 'ApplyCredit' || read(parameters, row.parameters)?.type === 'remove';
  const amount = BigInt(row.amount_hundredths);
  return {
    id: row.id,
    clientId: row.client_id,
    invoiceId: row.invoice_id,
    action: row.action,
    amountHundredths: takes ? -amount : amount,
    rule: row.rule,
    state: row.state,
    creditLogId: row.credit_log_id,
    afterLogId: read(witnesses, row.witnesses)?.creditId ?? null,
    terms:
      row.kind === null || row.act === null
        ? null
        : {
            kind: row.kind,
            act: row.act,
            invoiceId: row.terms_invoice_id,
            actor: row.actor ?? '',
            reason: row.why ?? '',
          },
  };
}

function read<T>(schema: z.ZodType<T>, text: string | null): T | undefined {
  try {
    return schema.parse(JSON.parse(text ?? 'null'));
  } catch {
    return undefined;
  }
}
