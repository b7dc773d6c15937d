import type { z } from 'zod';
import type { CsvCell } from './define-api-endpoint.ts';
import type * as schemas from './schemas.ts';

/** The columns of each export, in the order of its file. */
export const csvColumns = {
  entries: [
    'sequence',
    'day',
    'client_id',
    'currency',
    'direction',
    'amount',
    'kind',
    'from',
    'to',
    'invoice_id',
    'command_id',
    'admin_id',
    'admin',
    'log_id',
    'revision',
    'corrects',
    'evidence',
    'description',
    'reason',
    'recorded_at',
  ],
  grants: [
    'id',
    'client_id',
    'currency',
    'kind',
    'amount',
    'remaining',
    'opened_on',
    'starts_on',
    'expires_on',
    'priority',
    'refundable',
    'rule',
    'command_id',
    'follows_invoice_id',
  ],
  liability: ['day', 'basis', 'currency', 'kind', 'age_days', 'amount'],
} as const;

type Row<What extends keyof typeof csvColumns> = Readonly<
  Record<(typeof csvColumns)[What][number], CsvCell>
>;

/** One row for each entry. */
export function entryRow(one: z.output<typeof schemas.entry>): Row<'entries'> {
  return {
    sequence: one.sequence,
    day: one.day,
    client_id: one.clientId,
    currency: one.currency.code,
    direction: one.direction,
    amount: one.amount,
    kind: one.kind,
    from: one.from,
    to: one.to,
    invoice_id: one.invoiceId,
    command_id: one.commandId,
    admin_id: one.adminId,
    admin: one.adminName,
    log_id: one.logId,
    revision: one.revision,
    corrects: one.corrects,
    evidence: one.evidence,
    description: one.description,
    reason: one.reason,
    recorded_at: one.recordedAt,
  };
}

/** One row for each grant. */
export function grantRow(one: z.output<typeof schemas.grant>): Row<'grants'> {
  return {
    id: one.id,
    client_id: one.clientId,
    currency: one.currency.code,
    kind: one.kind,
    amount: one.amount,
    remaining: one.remaining,
    opened_on: one.openedOn,
    starts_on: one.startsOn,
    expires_on: one.expiresOn,
    priority: one.priority,
    refundable: one.refundable ? 'yes' : 'no',
    rule: one.rule,
    command_id: one.commandId,
    follows_invoice_id: one.followsInvoiceId,
  };
}

/** One row per part, then one per currency with what no grant covers, as a negative amount: the column adds up to the balance. */
export function liabilityRows(
  one: z.output<typeof schemas.liability>,
): readonly Row<'liability'>[] {
  return [
    ...one.parts.map(({ currency, kind, age, remaining }) => ({
      day: one.day,
      basis: one.basis,
      currency: currency.code,
      kind: kind ?? 'not known',
      age_days: age,
      amount: remaining,
    })),
    ...one.totals
      .filter(({ unfunded }) => unfunded !== '0.00')
      .map(({ currency, unfunded }) => ({
        day: one.day,
        basis: one.basis,
        currency: currency.code,
        kind: 'unfunded',
        age_days: null,
        amount: unfunded.startsWith('-') ? unfunded.slice(1) : `-${unfunded}`,
      })),
  ];
}
