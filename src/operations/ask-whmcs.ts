import type { Transaction } from 'kysely';
import { type LockedClients, writeCommands } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { OperationCommand } from './plan.ts';

/** Writes the commands of an operation and returns their facts. */
export async function askWhmcs(
  trx: Transaction<Database>,
  locked: LockedClients,
  commands: readonly OperationCommand[],
  at: Date,
  newId: () => string,
): Promise<readonly string[]> {
  await writeCommands(
    trx,
    locked,
    commands.map((one) => ({ ...one, id: newId() })),
    at,
  );
  return commands.map(({ fact }) => fact);
}
