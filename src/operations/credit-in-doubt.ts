import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { creditOfInvoices, type Parking } from '../parking/index.ts';

/**
 * Finds the grant that a payment in doubt became: WHMCS writes one row of the log for each payment's surplus, so credit of the
 * invoice over exactly that amount, which no other payment in doubt was matched with; after a refund of a part, also an
 * overpayment over more. Undefined while the ledger has no such credit.
 */
export async function creditInDoubt(
  trx: Transaction<Database>,
  { id, clientId, invoiceId, amountHundredths }: Parking,
): Promise<bigint | undefined> {
  if (invoiceId === null) return undefined;
  const credit = await creditOfInvoices(trx, [clientId], new Set([invoiceId]));
  const matched = await trx
    .selectFrom('mod_creditbridge_parkings')
    .select('grant_id')
    .where('client_id', '=', clientId)
    .where('id', '<>', id)
    .where('grant_id', 'is not', null)
    .execute();
  const taken = new Set(matched.map(({ grant_id }) => grant_id));
  const free = credit.filter(({ sequence }) => !taken.has(sequence));
  const exact = free.find((one) => one.amountHundredths === amountHundredths);
  const larger = free.find(
    (one) => one.kind === 'overpayment' && one.amountHundredths > amountHundredths,
  );
  return (exact ?? larger)?.sequence;
}
