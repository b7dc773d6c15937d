import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { insertRows } from '../db/index.ts';

/** Nobody else decides about these clients until the end of the transaction: our own row of each is locked, in order. */
export async function lockClients(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<void> {
  const sorted = clientIds.toSorted((a, b) => a - b);
  await insertRows(
    trx,
    'mod_creditbridge_clients',
    ['client_id', 'version'],
    sorted.map((id) => [id, 1n]),
    { onDuplicate: 'version = version + 1' },
  );
}
