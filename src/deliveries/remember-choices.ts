import type { Transaction } from 'kysely';
import { type Database, insertRows, toMoment } from '../db/index.ts';

/** A client's choice at checkout for the order's invoice: use credit on it, or keep the credit. */
export interface CheckoutChoice {
  readonly invoiceId: number;
  readonly clientId: number;
  readonly choice: 'use' | 'keep';
  readonly deliveryId: string;
}

/** Stores choices; the newest one for an invoice counts. */
export async function rememberChoices(
  trx: Transaction<Database>,
  choices: readonly CheckoutChoice[],
  at: Date,
): Promise<void> {
  await insertRows(
    trx,
    'mod_creditbridge_invoice_choices',
    ['invoice_id', 'client_id', 'choice', 'delivery_id', 'chosen_at'],
    choices.map((one) => [one.invoiceId, one.clientId, one.choice, one.deliveryId, toMoment(at)]),
    {
      onDuplicate:
        'choice = VALUES(choice), delivery_id = VALUES(delivery_id), chosen_at = VALUES(chosen_at)',
    },
  );
}
