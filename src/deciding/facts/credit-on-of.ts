import { sql, type Transaction } from 'kysely';
import { type CreditOn, creditOnInvoices, readWaysOff } from '../../commands/index.ts';
import type { Database } from '../../db/index.ts';
import type { CreditOnFacts } from '../../rules/index.ts';

/** Reads the clients' own credit on these invoices, by invoice; nothing while the ledger does not follow the log. */
export async function creditOnOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<ReadonlyMap<number, CreditOnFacts>> {
  const [found, ways] = await Promise.all([creditOnInvoices(trx, invoiceIds), readWaysOff(trx)]);
  const doubts = await unexplainedSince(
    trx,
    found.filter(({ leftHundredths }) => leftHundredths > 0n),
  );
  return new Map(
    found.map(({ invoiceId, clientId, firstEntry, ...one }) => [
      invoiceId,
      {
        leftHundredths: one.leftHundredths,
        putHundredths: one.putHundredths,
        refundedToCreditHundredths: one.refundedToCreditHundredths,
        lastEntry: one.lastEntry,
        mayBeBack:
          doubts.find((doubt) => doubt.clientId === clientId && doubt.sequence > firstEntry)
            ?.sequence ?? null,
        ways,
      },
    ]),
  );
}

interface Doubt {
  readonly clientId: number;
  readonly sequence: bigint;
}

/** Added credit of these clients that nobody could explain, and that may be credit of their invoices, the oldest first. */
async function unexplainedSince(
  trx: Transaction<Database>,
  credit: readonly CreditOn[],
): Promise<readonly Doubt[]> {
  if (credit.length === 0) return [];
  const clientIds = [...new Set(credit.map(({ clientId }) => clientId))];
  const since = credit.reduce(
    (first, { firstEntry }) => (firstEntry < first ? firstEntry : first),
    credit[0]?.firstEntry ?? 0n,
  );
  const { rows } = await sql<Doubt>`
    SELECT u.client_id AS clientId, u.sequence FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries u FORCE INDEX (client)
      ON u.client_id IN (${sql.join(clientIds)}) AND u.epoch = t.epoch AND u.sequence > ${since}
    WHERE t.id = 1 AND u.kind = 'unknown' AND u.to_account = CONCAT('client:', u.client_id)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries c WHERE c.corrects = u.sequence)
    ORDER BY u.sequence`.execute(trx);
  return rows;
}
