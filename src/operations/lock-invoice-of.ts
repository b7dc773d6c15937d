import type { Transaction } from 'kysely';
import { lockClients } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { Actor } from './actor.ts';
import { type Refused, refused } from './refusal.ts';

export interface LockedInvoice {
  readonly clientId: number;
  readonly status: string;
}

/** Locks the client of an invoice, so that no rule decides about it meanwhile. To clients only their own invoices exist. */
export async function lockInvoiceOf(
  trx: Transaction<Database>,
  invoiceId: number,
  actor: Actor,
): Promise<LockedInvoice | Refused<'invoice-not-theirs'>> {
  const found = await trx
    .selectFrom('tblinvoices')
    .select(['userid as clientId', 'status'])
    .where('id', '=', invoiceId)
    .executeTakeFirst();
  const isTheirs = actor.kind !== 'client' || found?.clientId === actor.clientId;
  if (found === undefined || !isTheirs) {
    return refused('invoice-not-theirs', `There is no invoice #${invoiceId}.`);
  }
  await lockClients(trx, [found.clientId]);
  return found;
}
