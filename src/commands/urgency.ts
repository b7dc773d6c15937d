import type { Effect } from '../rules/index.ts';
import type { Settled } from '../rules/settle/index.ts';

/**
 * The order in which commands are run; smaller first. What an invoice's client waits for comes before money, money that is
 * overdue before money that is due later, and mails come last, so that they show what was done.
 */
export const URGENCY = { cancel: 10, grant: 50, apply: 500, remove: 900, mail: 1_000 } as const;

/** Invoices due further away than this are all alike; it keeps `apply` between `grant` and `remove`. */
const DAYS_MAX = 365;
const DAY_MS = 86_400_000;

export function urgencyOf(settled: Settled, effect: Exclude<Effect, { kind: 'notify' }>): number {
  if (effect.kind !== 'apply') return URGENCY[effect.kind];
  const { event, facts } = settled.question;
  const invoice = [facts.invoice, ...facts.openInvoices].find(
    (one) => one?.id === effect.invoiceId,
  );
  if (!invoice?.dueOn) return URGENCY.apply;
  const days = Math.round((Date.parse(invoice.dueOn) - Date.parse(event.localDate)) / DAY_MS);
  return URGENCY.apply + Math.max(-DAYS_MAX, Math.min(DAYS_MAX, days));
}
