import type { Transaction } from 'kysely';
import { writeAudit } from '../audit/index.ts';
import { letCreditOn } from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { type Actor, actorName } from './actor.ts';
import type { Asking } from './asking.ts';
import { lockInvoiceOf } from './lock-invoice-of.ts';
import { type Refused, refused } from './refusal.ts';

export type Allowed =
  | { readonly outcome: 'allowed' }
  | Refused<'invoice-not-theirs' | 'already-so'>;

/** Undoes that credit is kept off an invoice. Nothing is put on it now: rules are asked when it is due or credit arrives. */
export async function allowCredit(
  trx: Transaction<Database>,
  invoiceId: number,
  { actor, reason, at }: Asking<Actor>,
  newId: () => string,
): Promise<Allowed> {
  if (actor.kind === 'client') {
    const invoice = await lockInvoiceOf(trx, invoiceId, actor);
    if ('outcome' in invoice) return invoice;
  }
  if (!(await letCreditOn(trx, invoiceId))) {
    return refused('already-so', `Credit is not kept off invoice #${invoiceId}.`);
  }
  await writeAudit(trx, {
    id: newId(),
    actor: actorName(actor),
    act: 'credit-allow',
    target: `invoice:${invoiceId}`,
    details: { reason: reason.trim() },
    at,
  });
  return { outcome: 'allowed' };
}
