import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { ParkedFacts } from '../rules/index.ts';
import { unsettledParkings } from './parkings.ts';

/** Reads what rules parked of these clients and about which something still has to happen. */
export async function parkedByRules(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<ReadonlyMap<number, readonly ParkedFacts[]>> {
  const rows = await trx
    .selectFrom('mod_creditbridge_parkings')
    .select(['client_id', 'fact', 'rule', 'amount_hundredths', 'invoice_id', 'until_on', 'state'])
    .select('released_because')
    .where('client_id', 'in', clientIds)
    .where('state', 'in', [...unsettledParkings])
    .where('rule', '<>', '')
    .orderBy('id')
    .execute();
  const byClient = Map.groupBy(rows, ({ client_id }) => client_id);
  return new Map(
    [...byClient].map(([clientId, own]) => [
      clientId,
      own.map((row) => ({
        fact: row.fact,
        rule: row.rule,
        amountHundredths: row.amount_hundredths,
        invoiceId: row.invoice_id,
        untilOn: row.until_on,
        isReleased: row.released_because !== null || row.state === 'giving-back',
      })),
    ]),
  );
}
