import type { z } from 'zod';
import { readAccountsOf, readParts } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import { readBalances } from '../operations/index.ts';
import { createPresent } from './present.ts';
import type { balance } from './schemas.ts';

/**
 * What these clients have, in the order of their ids; those whom WHMCS does not have are left out. Any number of clients takes the
 * same few statements.
 */
export async function findBalances(
  db: Db,
  clientIds: readonly number[],
): Promise<readonly z.output<typeof balance>[]> {
  const [clients, accounts, parts, present] = await Promise.all([
    readBalances(db, clientIds),
    readAccountsOf(db, clientIds),
    readParts(db, clientIds),
    createPresent(db),
  ]);
  const accountsOf = Map.groupBy(accounts, ({ clientId }) => clientId);
  const partsOf = Map.groupBy(parts, ({ clientId }) => clientId);
  return clients.map((client) =>
    present.balance(
      client,
      accountsOf.get(client.clientId) ?? [],
      partsOf.get(client.clientId) ?? [],
    ),
  );
}
