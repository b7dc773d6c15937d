import type { z } from 'zod';
import type { CsvRow } from './define-api-endpoint.ts';
import type * as schemas from './schemas.ts';

/** One row for each entry. */
export function entryRow(one: z.output<typeof schemas.entry>): CsvRow {
  return {
    ...{ sequence: one.sequence, day: one.day, client_id: one.clientId },
    ...{ currency: one.currency.code, direction: one.direction, amount: one.amount },
    ...{ kind: one.kind, from: one.from, to: one.to, invoice_id: one.invoiceId },
    ...{ command_id: one.commandId, admin_id: one.adminId },
    ...{ admin: one.adminName, log_id: one.logId },
    ...{ revision: one.revision, corrects: one.corrects, evidence: one.evidence },
    ...{ description: one.description, reason: one.reason, recorded_at: one.recordedAt },
  };
}

/** One row for each grant. */
export function grantRow(one: z.output<typeof schemas.grant>): CsvRow {
  return {
    ...{ id: one.id, client_id: one.clientId, currency: one.currency.code, kind: one.kind },
    ...{ amount: one.amount, remaining: one.remaining, opened_on: one.openedOn },
    ...{ starts_on: one.startsOn, expires_on: one.expiresOn, priority: one.priority },
    ...{ refundable: one.refundable ? 'yes' : 'no', rule: one.rule, command_id: one.commandId },
    follows_invoice_id: one.followsInvoiceId,
  };
}

/** One row for each part, then for each currency what no grant covers, as a negative amount: so the column adds up to the balance. */
export function liabilityRows(one: z.output<typeof schemas.liability>): readonly CsvRow[] {
  return [
    ...one.parts.map(({ currency, kind, age, remaining }) => ({
      ...{ day: one.day, basis: one.basis, currency: currency.code },
      ...{ kind: kind ?? 'not known', age_days: age, amount: remaining },
    })),
    ...one.totals
      .filter(({ unfunded }) => unfunded !== '0.00')
      .map(({ currency, unfunded }) => ({
        ...{ day: one.day, basis: one.basis, currency: currency.code },
        ...{ kind: 'unfunded', age_days: null },
        amount: unfunded.startsWith('-') ? unfunded.slice(1) : `-${unfunded}`,
      })),
  ];
}
