import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { keepOff } from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking } from './asking.ts';
import { lockInvoiceOf } from './lock-invoice-of.ts';
import { type Refused, refused } from './refusal.ts';

export type LeftAlone =
  | { readonly outcome: 'left-alone' }
  | Refused<'invoice-not-theirs' | 'invoice-not-open' | 'already-so'>;

/**
 * No rule puts credit on this invoice any more, until somebody allows it or uses credit on it. What is asked of WHMCS already is
 * not taken back.
 */
export async function leaveAlone(
  trx: Transaction<Database>,
  invoiceId: number,
  { actor, reason, at }: Asking<Actor>,
  newId: () => string,
): Promise<LeftAlone> {
  const invoice = await lockInvoiceOf(trx, invoiceId, actor);
  if ('outcome' in invoice) return invoice;
  const { clientId, status } = invoice;
  if (status !== 'Unpaid' && status !== 'Draft') {
    return refused('invoice-not-open', `Invoice #${invoiceId} is ${status}; no credit goes on it.`);
  }
  const saidBy = actorName(actor);
  if (!(await keepOff(trx, { invoiceId, clientId, saidBy, at }))) {
    return refused('already-so', `Credit is kept off invoice #${invoiceId} already.`);
  }
  await writeAudit(trx, {
    id: newId(),
    actor: saidBy,
    act: 'credit-leave-alone',
    target: `invoice:${invoiceId}`,
    details: { reason: reason.trim() },
    at,
  });
  return { outcome: 'left-alone' };
}
