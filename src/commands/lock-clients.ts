import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { insertRows } from '../db/index.ts';

declare const isLocked: unique symbol;

/** Ids of clients that a transaction has locked. Only {@link lockClients} makes such a set, so holding one proves the lock. */
export type LockedClients = ReadonlySet<number> & { readonly [isLocked]: true };

/** No client: for commands that concern none. */
export const noClients = new Set() as unknown as LockedClients;

/**
 * Locks our own row of each client, in the order of ids: no other transaction decides about them until this one ends. Read
 * balances after the lock. Commands may be written only for locked clients.
 */
export async function lockClients(
  trx: Transaction<Database>,
  clientIds: readonly number[],
): Promise<LockedClients> {
  const ids = new Set(clientIds);
  await insertRows(
    trx,
    'mod_creditbridge_clients',
    ['client_id', 'version'],
    [...ids].sort((a, b) => a - b).map((id) => [id, 1n]),
    { onDuplicate: 'version = version + 1' },
  );
  return ids as unknown as LockedClients;
}
